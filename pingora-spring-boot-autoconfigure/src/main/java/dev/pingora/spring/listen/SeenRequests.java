package dev.pingora.spring.listen;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * The requests that one listener was asked most often, in bounded memory: each request of
 * a quiet server is noted, and one in {@value #SAMPLE} of a busy one. When there is no
 * room the rarest gives way to a new one, which inherits its count (the "space-saving"
 * algorithm of Metwally, Agrawal and El Abbadi); older counts fade.
 */
public final class SeenRequests {

	static final int CAPACITY = 128;

	static final int LONGEST_TARGET = 512;

	private static final int LONGEST_HEADER = 128;

	private static final int SAMPLE = 16;

	private static final int QUIET = 1000;

	private static final int FADE = 16_384;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<String, Entry> entries = new HashMap<>();

	private volatile boolean noting;

	private boolean queryStrings;

	private int noted;

	private int sinceFading;

	/**
	 * Begin to note requests, and forget those that were noted before.
	 * @param withQueryStrings whether query strings are noted too
	 */
	public void begin(boolean withQueryStrings) {
		this.lock.lock();
		try {
			forget();
			this.noted = 0;
			this.queryStrings = withQueryStrings;
			this.noting = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forget the requests that were noted so far, but not that they were many.
	 */
	public void forget() {
		this.lock.lock();
		try {
			this.entries.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Return whether a request that begins now is to be noted if it succeeds.
	 * @param method its method
	 * @return whether it is one of the sample and changes nothing by itself
	 */
	public boolean isWanted(String method) {
		return this.noting && ("GET".equals(method) || "HEAD".equals(method))
				&& (this.noted < QUIET || ThreadLocalRandom.current().nextInt(SAMPLE) == 0);
	}

	/**
	 * Note a request that was wanted and has succeeded. One that comes while another is
	 * noted is left out rather than waiting.
	 * @param method its method
	 * @param target its target, as it came
	 * @param accept its header {@code Accept}, or {@code null}
	 * @param acceptEncoding its header {@code Accept-Encoding}, or {@code null}
	 */
	public void add(String method, String target, @Nullable String accept, @Nullable String acceptEncoding) {
		int query = target.indexOf('?');
		String known = (query < 0 || this.queryStrings) ? target : target.substring(0, query);
		if (known.length() <= LONGEST_TARGET && known.startsWith("/") && this.lock.tryLock()) {
			try {
				count(new SeenRequest(method, known, bounded(accept), bounded(acceptEncoding)));
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private static @Nullable String bounded(@Nullable String header) {
		return (header != null && header.length() <= LONGEST_HEADER) ? header : null;
	}

	private void count(SeenRequest request) {
		this.noted = Math.min(this.noted + 1, QUIET);
		if (++this.sinceFading == FADE) {
			this.sinceFading = 0;
			this.entries.values().forEach((entry) -> entry.count /= 2);
		}
		String key = request.method() + " " + request.target();
		Entry entry = this.entries.get(key);
		if (entry == null) {
			entry = new Entry(request, (this.entries.size() < CAPACITY) ? 0 : giveWay());
			this.entries.put(key, entry);
		}
		entry.count++;
		entry.request = request;
	}

	private long giveWay() {
		Map.Entry<String, Entry> rarest = this.entries.entrySet()
			.stream()
			.min(Comparator.comparingLong((entry) -> entry.getValue().count))
			.orElseThrow();
		this.entries.remove(rarest.getKey());
		return rarest.getValue().count;
	}

	/**
	 * Return the most frequent requests.
	 * @param limit how many at the most
	 * @return the requests, the most frequent first
	 */
	public List<SeenRequest> top(int limit) {
		this.lock.lock();
		try {
			return this.entries.values()
				.stream()
				.sorted(Comparator.comparingLong((Entry entry) -> entry.count).reversed())
				.limit(limit)
				.map((entry) -> entry.request)
				.toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static final class Entry {

		private long count;

		private SeenRequest request;

		Entry(SeenRequest request, long count) {
			this.request = request;
			this.count = count;
		}

	}

}
