package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.pingora.spring.listen.Listener;

/**
 * A request of a warm-up and where it goes. It is sent again and again, unless it is slow
 * by nature or keeps failing.
 */
final class Aim {

	private static final Duration SLOW = Duration.ofMillis(250);

	/**
	 * How long answers may be slow without any other between them.
	 */
	private static final Duration SLOW_IN_A_ROW = Duration.ofSeconds(5);

	/**
	 * How often a request may fail without any answer between.
	 */
	private static final int FAILURES_IN_A_ROW = 3;

	/**
	 * Beyond how many times the least a time was spent on waiting for processors.
	 */
	private static final int WAITING = 2;

	private final WarmUpRequest request;

	private final Listener listener;

	private final AtomicLong firstAnswer = new AtomicLong(Long.MAX_VALUE);

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicLong slowSince = new AtomicLong();

	private final AtomicLong slowFor = new AtomicLong();

	private final AtomicLong least = new AtomicLong(Long.MAX_VALUE);

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
	 * Note an answer. Those to what was sent before the first one may be slow, because
	 * everything is cold, and any one may be, where processors are busy.
	 * @param begin when the request was sent
	 * @param now when it was answered
	 */
	void answered(long begin, long now) {
		this.failures.set(0);
		this.least.accumulateAndGet(now - begin, Math::min);
		long first = this.firstAnswer.accumulateAndGet(now, Math::min);
		boolean slow = begin > first && now - begin > SLOW.toNanos();
		if (slow) {
			long since = this.slowSince.updateAndGet((before) -> (before != 0) ? before : begin);
			this.slowFor.set(now - since);
		}
		else {
			this.slowSince.set(0);
			this.slowFor.set(0);
		}
	}

	/**
	 * Return for how long an exchange was at work, without the time for which it waited
	 * where processors are busy.
	 * @param taken how long it took
	 */
	long work(long taken) {
		long most = this.least.get();
		return (most < taken / WAITING) ? most * WAITING : taken;
	}

	void failed() {
		this.failures.incrementAndGet();
	}

	boolean isWorthwhile() {
		return this.slowFor.get() < SLOW_IN_A_ROW.toNanos() && this.failures.get() < FAILURES_IN_A_ROW;
	}

	@Override
	public String toString() {
		return this.request + " (" + this.listener.service() + ")";
	}

}
