package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether latency still falls. It is judged by windows of time, each by the mean of its
 * requests without the slowest tenth: latency has settled when several windows in a row
 * have not made it much better than it was before them, and the JVM has compiled little
 * in them. On a busy machine latency stays the same for long while code waits to be
 * compiled. Where requests wait for processors, latency says little, and it takes as many
 * requests as the JVM needs to compile their code.
 */
final class Settling {

	private static final Logger logger = LoggerFactory.getLogger(Settling.class);

	private static final int PATIENCE = 4;

	private static final double BETTER = 0.9;

	/**
	 * Which part of the time of one processor the compilers may still take.
	 */
	private static final double BUSY = 0.1;

	/**
	 * For how long they must not have been busy, in windows. It is more than for latency,
	 * because what they compile counts only when it is done.
	 */
	private static final int QUIET = 12;

	/**
	 * How many requests there are before the code that they share is warm. HotSpot
	 * compiles what was called between 5,000 and 15,000 times with its optimizing
	 * compiler, or has it wait for that one.
	 */
	private static final int WARM = 15_000;

	/**
	 * How many requests there have to be where they wait for processors longer than they
	 * work: while much waits to be compiled it takes HotSpot several times as many calls.
	 */
	private static final int ENOUGH = 50_000;

	private static final int CROWDED = 2;

	private final long windowNanos;

	private final int round;

	private final List<Long> window = new ArrayList<>();

	private final List<Window> windows = new ArrayList<>();

	private final LongSupplier compiled;

	private long compiledBefore;

	private long begun;

	private int requests;

	private long taken;

	private long worked;

	/**
	 * Begin with the first window.
	 * @param windowTime how long a window is
	 * @param round how many requests a window has at the least: one of each kind
	 * @param now the time
	 * @param compiled for how many nanoseconds the JVM has compiled so far
	 */
	Settling(Duration windowTime, int round, long now, LongSupplier compiled) {
		this.windowNanos = windowTime.toNanos();
		this.round = round;
		this.begun = now;
		this.compiled = compiled;
		this.compiledBefore = compiled.getAsLong();
	}

	/**
	 * Note a request.
	 * @param nanos how long it took
	 * @param work for how much of that it was at work
	 * @param now the time
	 */
	synchronized void add(long nanos, long work, long now) {
		this.requests++;
		this.window.add(nanos);
		this.taken += nanos;
		this.worked += work;
		if (now - this.begun >= this.windowNanos && this.window.size() >= this.round) {
			end(now);
		}
	}

	private void end(long now) {
		long compiledNow = this.compiled.getAsLong();
		Window ended = new Window(mean(this.window), now - this.begun, compiledNow - this.compiledBefore,
				this.taken > CROWDED * this.worked);
		this.windows.add(ended);
		logger.debug("{} requests of {} µs, compilers busy for {} of {} ms", this.window.size(),
				Math.round(last() * 1000), ended.busy() / 1_000_000, ended.time() / 1_000_000);
		this.window.clear();
		this.taken = 0;
		this.worked = 0;
		this.begun = now;
		this.compiledBefore = compiledNow;
	}

	private static double mean(List<Long> latencies) {
		int most = Math.max(1, latencies.size() * 9 / 10);
		return latencies.stream().sorted().limit(most).mapToLong(Long::longValue).average().orElse(0);
	}

	synchronized boolean isSettled() {
		int before = this.windows.size() - PATIENCE;
		return before > 0 && best(before, this.windows.size()) > best(0, before) * BETTER && isQuiet()
				&& (!this.windows.get(this.windows.size() - 1).crowded() || this.requests >= ENOUGH);
	}

	/**
	 * Return whether latency has settled, or there were so many requests that the code
	 * they share is compiled, though the optimizing compiler may have much left to do.
	 */
	synchronized boolean isWarm() {
		return isSettled() || this.requests >= WARM;
	}

	private boolean isQuiet() {
		long time = 0;
		long busy = 0;
		for (int i = this.windows.size() - 1; i >= 0 && time < QUIET * this.windowNanos; i--) {
			time += this.windows.get(i).time();
			busy += this.windows.get(i).busy();
		}
		return time >= QUIET * this.windowNanos && busy < BUSY * time;
	}

	private double best(int from, int to) {
		return this.windows.subList(from, to).stream().mapToDouble(Window::latency).min().orElse(0);
	}

	synchronized int requests() {
		return this.requests;
	}

	/**
	 * Return the latency of the first window, in milliseconds.
	 */
	synchronized double first() {
		return millis(this.windows.isEmpty() ? mean(this.window) : this.windows.get(0).latency());
	}

	/**
	 * Return the latency of the last window, in milliseconds.
	 */
	synchronized double last() {
		return millis(this.windows.isEmpty() ? mean(this.window) : this.windows.get(this.windows.size() - 1).latency());
	}

	private static double millis(double nanos) {
		return nanos / 1_000_000;
	}

	/**
	 * A window that has ended, in nanoseconds.
	 *
	 * @param latency the mean of its requests without the slowest tenth
	 * @param time how long it was
	 * @param busy how much the compilers did in it, all together
	 * @param crowded whether its requests waited for processors longer than they worked
	 */
	private record Window(double latency, long time, long busy, boolean crowded) {
	}

}
