package dev.pingora.spring.server;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListeningSocket;

/**
 * Numbers that only grow, by name. A successor can go on from those of its predecessor.
 */
final class Counts {

	/**
	 * How many listening sockets were handed over.
	 */
	static final String SOCKETS = "sockets";

	private final ConcurrentMap<String, LongAdder> byName = new ConcurrentHashMap<>();

	static String upgrades(UpgradeOutcome outcome) {
		return "upgrades/" + outcome;
	}

	static String upgradeNanos(UpgradeOutcome outcome) {
		return "upgrade-nanos/" + outcome;
	}

	static String steps(UpgradeStep step) {
		return "steps/" + step;
	}

	static String stepNanos(UpgradeStep step) {
		return "step-nanos/" + step;
	}

	/**
	 * Return the name of a count of a listener, which is the same in every generation.
	 */
	static String connections(String kind, Listener listener) {
		ListeningSocket socket = listener.socket();
		return kind + "/" + listener.service() + "/" + ((socket != null) ? socket.name() : listener.address());
	}

	void add(String name, long amount) {
		if (amount != 0) {
			this.byName.computeIfAbsent(name, (key) -> new LongAdder()).add(amount);
		}
	}

	void add(Map<String, Long> amounts) {
		amounts.forEach(this::add);
	}

	long get(String name) {
		LongAdder count = this.byName.get(name);
		return (count != null) ? count.sum() : 0;
	}

	Total total(String count, String nanos) {
		return new Total(get(count), Duration.ofNanos(get(nanos)));
	}

	/**
	 * Return all counts that are not zero.
	 */
	Map<String, Long> all() {
		Map<String, Long> all = new TreeMap<>();
		this.byName.forEach((name, count) -> all.put(name, count.sum()));
		return all;
	}

}
