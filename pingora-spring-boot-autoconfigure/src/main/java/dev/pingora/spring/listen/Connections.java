package dev.pingora.spring.listen;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/**
 * The number of connections of one listener, what was asked through them, and whether
 * they are to end.
 */
public final class Connections {

	private final LongAdder accepted = new LongAdder();

	private final AtomicInteger active = new AtomicInteger();

	/**
	 * Open connections from within this process, where the server only tells that one of
	 * its connections was closed.
	 */
	private final AtomicInteger inside = new AtomicInteger();

	private final SeenRequests seen = new SeenRequests();

	private final LongAdder deferred = new LongAdder();

	private final LongAdder drained = new LongAdder();

	private final LongAdder cutOff = new LongAdder();

	private final LeavingOrder order = new LeavingOrder();

	/**
	 * How many of those that were open when connections began to leave may still be open.
	 */
	private final AtomicInteger staying = new AtomicInteger();

	private volatile boolean draining;

	private volatile boolean cutting;

	private volatile Duration streamTimeout = Duration.ZERO;

	/**
	 * Count a connection that was accepted.
	 */
	public void opened() {
		this.accepted.increment();
		this.active.incrementAndGet();
	}

	/**
	 * Leave the next connection that is closed out of the counts, because one from within
	 * this process was not counted either.
	 */
	void openedInside() {
		this.inside.incrementAndGet();
	}

	/**
	 * Return what was asked through these connections.
	 * @return the most frequent requests, as far as they are noted
	 */
	public SeenRequests seen() {
		return this.seen;
	}

	/**
	 * Count a connection that was closed.
	 */
	public void closed() {
		if (this.inside.get() > 0 && this.inside.getAndUpdate((open) -> Math.max(0, open - 1)) > 0) {
			return;
		}
		if (!this.cutting && (countDownStaying() || this.draining)) {
			this.drained.increment();
		}
		if (this.active.decrementAndGet() == 0 && this.draining) {
			synchronized (this) {
				notifyAll();
			}
		}
	}

	private boolean countDownStaying() {
		return this.staying.getAndUpdate((count) -> Math.max(0, count - 1)) > 0;
	}

	/**
	 * Return how many connections were accepted since the start.
	 * @return a count that only grows
	 */
	public long accepted() {
		return this.accepted.sum();
	}

	/**
	 * Return how many connections are open.
	 * @return the open connections, idle ones included
	 */
	public int active() {
		return this.active.get();
	}

	/**
	 * Return how many connections were open when a drain began, and were not closed then.
	 * @return a count that only grows: those that {@linkplain #drained() ended} by
	 * themselves, those that were {@linkplain #cutOff() cut off}, and those still open
	 */
	public long deferred() {
		return this.deferred.sum();
	}

	/**
	 * Return how many connections a drain has ended without an exchange being cut off.
	 * @return a count that only grows
	 */
	public long drained() {
		return this.drained.sum();
	}

	/**
	 * Return how many connections were closed in the middle of an exchange.
	 * @return a count that only grows
	 */
	public long cutOff() {
		return this.cutOff.sum();
	}

	/**
	 * Close the connections that are left, and count them.
	 * @param closing closes them and returns how many were in the middle of an exchange
	 * @return how many were in the middle of an exchange
	 */
	public int cutOff(IntSupplier closing) {
		this.cutting = true;
		int open = this.active.get();
		int cut = closing.getAsInt();
		this.cutOff.add(cut);
		this.drained.add(Math.max(0, open - cut));
		return cut;
	}

	/**
	 * Return whether every connection is to end after its next response.
	 * @return whether the listener drains
	 */
	public boolean isDraining() {
		return this.draining;
	}

	/**
	 * Let every connection end after its next response.
	 * @param newStreamTimeout how long a response may go on that would never end by
	 * itself
	 */
	public void drain(Duration newStreamTimeout) {
		if (!this.draining) {
			this.deferred.add(Math.max(0, this.active.get() - this.staying.getAndSet(0)));
		}
		this.streamTimeout = newStreamTimeout;
		this.draining = true;
	}

	/**
	 * Let a share of the connections end after their next response.
	 * @param share from 0 to 1, and not less than before
	 * @param newStreamTimeout how long a response may go on that would never end by
	 * itself
	 */
	void leave(double share, Duration newStreamTimeout) {
		if (!this.order.hasBegun()) {
			int open = this.active.get();
			this.staying.set(open);
			this.deferred.add(open);
		}
		this.streamTimeout = newStreamTimeout;
		this.order.leave(share);
	}

	/**
	 * Let all connections leave while something is done, before the listener accepts:
	 * code that has never ended a connection is compiled as if it never would, and that
	 * is thrown away when the first one leaves.
	 * @param exchange what is done
	 * @param <E> how it may fail
	 * @return what it returns
	 * @throws E if it fails
	 */
	public <E extends Exception> int rehearseLeaving(Rehearsal<E> exchange) throws E {
		this.order.leave(1);
		try {
			return exchange.run();
		}
		finally {
			this.order.reset();
		}
	}

	/**
	 * Return the rank of one more connection, which leaves when the share of those that
	 * leave has grown to it.
	 * @return the rank, from 0 to 1
	 */
	public double rank() {
		return this.order.rank();
	}

	/**
	 * Return whether a connection is to end after its next response.
	 * @param rank its rank
	 * @return whether all are to end, or a share that includes this one
	 */
	public boolean isLeaving(double rank) {
		return this.draining || this.order.includes(rank);
	}

	/**
	 * Let connections stay open again.
	 */
	public void goOn() {
		this.draining = false;
		this.staying.set(0);
		this.order.reset();
	}

	/**
	 * Return how long a response may go on that would never end by itself, counted from
	 * the beginning of the drain.
	 * @return the time, which a drain sets
	 */
	public Duration streamTimeout() {
		return this.streamTimeout;
	}

	/**
	 * Wait until no connection is open.
	 * @param timeout how long at the most
	 * @return whether none is open
	 * @throws InterruptedException if the drain is called off
	 */
	public synchronized boolean awaitNone(Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (this.active.get() > 0) {
			long left = deadline - System.nanoTime();
			if (left <= 0) {
				return false;
			}
			wait(left / 1_000_000, (int) (left % 1_000_000));
		}
		return true;
	}

	/**
	 * What is done while all connections leave.
	 *
	 * @param <E> how it may fail
	 */
	public interface Rehearsal<E extends Exception> {

		/**
		 * Do it.
		 * @return a result
		 * @throws E if it fails
		 */
		int run() throws E;

	}

}
