package dev.pingora.spring.listen;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The order in which connections leave: each has a rank from 0 to 1, and those leave that
 * a growing share has reached.
 */
final class LeavingOrder {

	/**
	 * The step by which the ranks of any number of connections lie evenly.
	 */
	private static final double GOLDEN_RATIO = 0.618033988749895;

	private static final double NOT_BEGUN = -1;

	private final AtomicInteger ranked = new AtomicInteger();

	private volatile double share = NOT_BEGUN;

	/**
	 * Return the rank of one more connection. One that comes while others leave has a
	 * moment that is still to come.
	 */
	double rank() {
		double place = (this.ranked.getAndIncrement() * GOLDEN_RATIO) % 1;
		double reached = Math.max(0, this.share);
		return reached + (1 - reached) * Math.abs(place);
	}

	boolean includes(double rank) {
		return rank < this.share;
	}

	boolean hasBegun() {
		return this.share >= 0;
	}

	void leave(double newShare) {
		this.share = newShare;
	}

	void reset() {
		this.share = NOT_BEGUN;
	}

}
