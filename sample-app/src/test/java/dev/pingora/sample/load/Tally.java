package dev.pingora.sample.load;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The outcomes of one kind of client, and who served it.
 */
public final class Tally {

	private final String kind;

	private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

	private final ConcurrentMap<Long, LongAdder> servedBy = new ConcurrentHashMap<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	Tally(String kind) {
		this.kind = kind;
		for (Outcome outcome : Outcome.values()) {
			this.counts.put(outcome, new LongAdder());
		}
	}

	void served(long pid) {
		this.counts.get(Outcome.SERVED).increment();
		this.servedBy.computeIfAbsent(pid, (key) -> new LongAdder()).increment();
	}

	void failed(Outcome outcome, String detail) {
		this.counts.get(outcome).increment();
		this.failures.add(this.kind + ": " + outcome + " " + detail);
	}

	/**
	 * Count a response by its status and its body.
	 */
	void judge(int status, long pid, boolean rightBody, String body) {
		if (status / 100 != 2) {
			failed(Outcome.STATUS, Integer.toString(status));
		}
		else if (!rightBody) {
			failed(Outcome.BODY, body);
		}
		else {
			served(pid);
		}
	}

	public long count(Outcome outcome) {
		return this.counts.get(outcome).sum();
	}

	public long served() {
		return count(Outcome.SERVED);
	}

	public long failed() {
		return this.counts.values().stream().mapToLong(LongAdder::sum).sum() - served();
	}

	/**
	 * Return how many requests one process has served.
	 */
	public long servedBy(long pid) {
		LongAdder count = this.servedBy.get(pid);
		return (count != null) ? count.sum() : 0;
	}

	public List<String> failures() {
		return List.copyOf(this.failures);
	}

	@Override
	public String toString() {
		StringBuilder row = new StringBuilder("%-12s".formatted(this.kind));
		this.counts.forEach((outcome, count) -> row.append(" %s=%d".formatted(outcome, count.sum())));
		return row.append(" by ").append(new TreeSet<>(this.servedBy.keySet()).size()).append(" processes").toString();
	}

	/**
	 * Return the table of several kinds of clients.
	 */
	public static String table(Collection<Tally> tallies) {
		StringBuilder table = new StringBuilder();
		tallies.forEach((tally) -> table.append(tally).append(System.lineSeparator()));
		return table.toString();
	}

}
