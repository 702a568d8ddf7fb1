package dev.pingora.spring.server;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

import dev.pingora.spring.listen.Listener;
import org.jspecify.annotations.Nullable;

/**
 * The turns in which two processes accept from the same queues. They are counted from the
 * zero of a clock that both read, CLOCK_MONOTONIC behind {@code System.nanoTime()}, so
 * that no further word is needed to know whose turn it is.
 */
final class Turns {

	/**
	 * The step by which the turns of any share lie evenly between the others.
	 */
	private static final double GOLDEN_RATIO = 0.618033988749895;

	/**
	 * The part of a turn for which the process that had the one before still accepts, so
	 * that nothing waits for a process that comes to its turn late.
	 */
	private static final int OVERLAP = 4;

	private final Spread spread;

	private final List<Listener> listeners;

	private final boolean predecessor;

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * Whether the doors are open, or {@code null} where the turns have not said so yet.
	 */
	private @Nullable Boolean open;

	private Turns(Spread spread, List<Listener> listeners, boolean predecessor) {
		this.spread = spread;
		this.listeners = listeners;
		this.predecessor = predecessor;
	}

	static Turns ofPredecessor(Spread spread, List<Listener> listeners) {
		return new Turns(spread, listeners, true);
	}

	static Turns ofSuccessor(Spread spread, List<Listener> listeners) {
		return new Turns(spread, listeners, false);
	}

	/**
	 * Open and close the doors, until the span or something else ends it.
	 * @param onShare told the successor's share, again and again
	 */
	void take(DoubleConsumer onShare) throws InterruptedException {
		long begun = System.nanoTime();
		try {
			for (double share = 0; share < 1 && !isOver();) {
				share = this.spread.share(System.nanoTime() - begun);
				onShare.accept(share);
				takeOne(share);
			}
		}
		finally {
			leave();
		}
	}

	/**
	 * End the turns, whatever the reason. A successor's doors may have to open yet, and
	 * nobody else would do it.
	 */
	private void leave() {
		if (this.predecessor) {
			end();
		}
		else {
			end(true);
		}
	}

	private void takeOne(double share) throws InterruptedException {
		long turn = this.spread.turn().toNanos();
		long now = System.nanoTime();
		long number = Math.floorDiv(now, turn);
		long next = (number + 1) * turn;
		if (isMine(number, share)) {
			door(true);
			await(next - now);
			return;
		}
		long overlap = number * turn + turn / OVERLAP - now;
		if (overlap > 0) {
			await(overlap);
		}
		door(false);
		await(next - System.nanoTime());
	}

	private void await(long nanos) throws InterruptedException {
		this.over.await(nanos, TimeUnit.NANOSECONDS);
	}

	private boolean isMine(long number, double share) {
		return isSuccessors(number, share) != this.predecessor;
	}

	private static boolean isSuccessors(long number, double share) {
		double place = number * GOLDEN_RATIO;
		return place - Math.floor(place) < share;
	}

	private boolean isOver() {
		return this.over.getCount() == 0;
	}

	/**
	 * End the turns with the doors open or closed for good. The first word counts.
	 */
	synchronized void end(boolean newOpen) {
		door(newOpen);
		this.over.countDown();
	}

	/**
	 * End the turns and leave the doors to somebody else.
	 */
	synchronized void end() {
		this.over.countDown();
	}

	private synchronized void door(boolean newOpen) {
		if (!isOver() && !Boolean.valueOf(newOpen).equals(this.open)) {
			this.listeners.forEach(newOpen ? Listener::resume : Listener::pause);
			this.open = newOpen;
		}
	}

}
