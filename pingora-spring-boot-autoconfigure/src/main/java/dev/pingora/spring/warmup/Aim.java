package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.listen.Listener;

/**
 * A request of a warm-up and where it goes. It is sent again and again, unless it is slow
 * by nature or keeps failing.
 */
final class Aim {

	private static final Duration SLOW = Duration.ofMillis(250);

	private static final int FAILURES = 3;

	private final WarmUpRequest request;

	private final Listener listener;

	private final AtomicInteger answers = new AtomicInteger();

	private final AtomicInteger failures = new AtomicInteger();

	private volatile boolean slow;

	Aim(WarmUpRequest request, Listener listener) {
		this.request = request;
		this.listener = listener;
	}

	WarmUpRequest request() {
		return this.request;
	}

	Listener listener() {
		return this.listener;
	}

	/**
	 * Note an answer. The first one may be slow, because everything is cold.
	 */
	void answered(long nanos) {
		this.slow = this.slow || (this.answers.getAndIncrement() > 0 && nanos > SLOW.toNanos());
	}

	void failed() {
		this.failures.incrementAndGet();
	}

	boolean isWorthwhile() {
		return !this.slow && this.failures.get() < FAILURES;
	}

	@Override
	public String toString() {
		return this.request + " (" + this.listener.service() + ")";
	}

}
