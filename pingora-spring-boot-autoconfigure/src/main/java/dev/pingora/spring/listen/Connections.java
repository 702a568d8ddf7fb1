package dev.pingora.spring.listen;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The number of connections of one listener, and whether they are to end.
 */
public final class Connections {

	private final LongAdder accepted = new LongAdder();

	private final AtomicInteger active = new AtomicInteger();

	private volatile boolean draining;

	private volatile Duration streamTimeout = Duration.ZERO;

	/**
	 * Count a connection that was accepted.
	 */
	public void opened() {
		this.accepted.increment();
		this.active.incrementAndGet();
	}

	/**
	 * Count a connection that was closed.
	 */
	public void closed() {
		if (this.active.decrementAndGet() == 0 && this.draining) {
			synchronized (this) {
				notifyAll();
			}
		}
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
		this.streamTimeout = newStreamTimeout;
		this.draining = true;
	}

	/**
	 * Let connections stay open again.
	 */
	public void goOn() {
		this.draining = false;
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

}
