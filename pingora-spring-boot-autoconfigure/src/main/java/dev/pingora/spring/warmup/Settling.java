package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether latency still falls. It is judged by windows of time, each by the mean of its
 * requests without the slowest tenth: latency has settled when several windows in a row
 * have not made it much better than it was before them.
 */
final class Settling {

	private static final int PATIENCE = 4;

	private static final double BETTER = 0.9;

	private final long windowNanos;

	private final int round;

	private final List<Long> window = new ArrayList<>();

	private final List<Double> windows = new ArrayList<>();

	private long begun;

	private int requests;

	/**
	 * Begin with the first window.
	 * @param windowTime how long a window is
	 * @param round how many requests a window has at the least: one of each kind
	 * @param now the time
	 */
	Settling(Duration windowTime, int round, long now) {
		this.windowNanos = windowTime.toNanos();
		this.round = round;
		this.begun = now;
	}

	synchronized void add(long nanos, long now) {
		this.requests++;
		this.window.add(nanos);
		if (now - this.begun >= this.windowNanos && this.window.size() >= this.round) {
			this.windows.add(mean(this.window));
			this.window.clear();
			this.begun = now;
		}
	}

	private static double mean(List<Long> latencies) {
		int most = Math.max(1, latencies.size() * 9 / 10);
		return latencies.stream().sorted().limit(most).mapToLong(Long::longValue).average().orElse(0);
	}

	synchronized boolean isSettled() {
		int before = this.windows.size() - PATIENCE;
		return before > 0 && best(before, this.windows.size()) > best(0, before) * BETTER;
	}

	private double best(int from, int to) {
		return this.windows.subList(from, to).stream().mapToDouble(Double::doubleValue).min().orElse(0);
	}

	synchronized int requests() {
		return this.requests;
	}

	/**
	 * Return the latency of the first window, in milliseconds.
	 */
	synchronized double first() {
		return millis(this.windows.isEmpty() ? mean(this.window) : this.windows.get(0));
	}

	/**
	 * Return the latency of the last window, in milliseconds.
	 */
	synchronized double last() {
		return millis(this.windows.isEmpty() ? mean(this.window) : this.windows.get(this.windows.size() - 1));
	}

	private static double millis(double nanos) {
		return nanos / 1_000_000;
	}

}
