package dev.pingora.spring.server;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * How the listeners of a server come to their end: one thread drains, and others may wait
 * for it.
 */
final class Draining {

	private final Duration streamTimeout;

	private final Phases phases;

	private final Listeners listeners;

	private final TakeOver takeOver;

	/**
	 * Held by the one that drains.
	 */
	private final ReentrantLock turn = new ReentrantLock();

	private volatile @Nullable Drain drain;

	private volatile @Nullable Sharing sharing;

	private volatile boolean disturbed;

	private volatile boolean isCutOff;

	Draining(Duration streamTimeout, Phases phases, Listeners listeners, TakeOver takeOver) {
		this.streamTimeout = streamTimeout;
		this.phases = phases;
		this.listeners = listeners;
		this.takeOver = takeOver;
	}

	/**
	 * Drain, if nobody does and the phase lets it begin. Otherwise let the one that does
	 * accept no more.
	 * @return whether it was drained here
	 */
	boolean run(Set<ExecutionPhase> from, Duration timeout, Farewell farewell) throws InterruptedException {
		return alone(() -> {
			if (!this.phases.change(from, ExecutionPhase.DRAINING)) {
				return false;
			}
			farewell.say();
			endTurns();
			this.listeners.drain(this.streamTimeout);
			begin(timeout).run();
			return true;
		});
	}

	/**
	 * End the turns with a predecessor. Where nobody else has the sockets, what waits in
	 * their queues is this process's, and else it is left alone.
	 */
	private void endTurns() {
		if (this.listeners.isAlone()) {
			this.takeOver.endTurnsOpen();
		}
		else {
			this.takeOver.endTurns();
		}
	}

	/**
	 * Share the traffic with a successor until it has all, and drain.
	 * @return whether it was drained here
	 */
	boolean run(Sharing newSharing, Duration timeout, Farewell farewell) throws InterruptedException {
		this.sharing = newSharing;
		return alone(() -> {
			if (!this.phases.change(ExecutionPhase.HANDING_OVER, ExecutionPhase.SHARING)) {
				return false;
			}
			farewell.say();
			this.takeOver.endTurns();
			this.listeners.drainAllBut(newSharing.listeners(), this.streamTimeout);
			Drain begun = begin(timeout);
			newSharing.run(this.streamTimeout);
			this.sharing = null;
			if (!this.phases.change(ExecutionPhase.SHARING, ExecutionPhase.DRAINING)) {
				return false;
			}
			this.listeners.drain(this.streamTimeout);
			begun.run();
			return true;
		});
	}

	private boolean alone(Work work) throws InterruptedException {
		if (!this.turn.tryLock()) {
			endSharing();
			return false;
		}
		try {
			return work.done();
		}
		finally {
			this.sharing = null;
			this.turn.unlock();
		}
	}

	private Drain begin(Duration timeout) {
		Drain begun = new Drain(this.listeners.all(), timeout);
		this.drain = begun;
		return begun;
	}

	/**
	 * Cut off what is left, which ends the drain that is under way.
	 * @return whether there is one
	 */
	boolean cutOff(String why) {
		Drain current = this.drain;
		endSharing();
		if (current != null) {
			// Before its last connection ends, and the drain with it.
			this.isCutOff = true;
			current.cutOff(why);
		}
		return current != null;
	}

	/**
	 * Return whether the drain is cut off, or was.
	 */
	boolean isCutOff() {
		return this.isCutOff;
	}

	/**
	 * Accept no more, where a successor does too.
	 */
	void endSharing() {
		Sharing current = this.sharing;
		if (current != null) {
			current.end();
		}
	}

	/**
	 * Serve again.
	 */
	void callOff() {
		this.listeners.own(this.listeners.all());
		this.listeners.accept();
		this.drain = null;
		this.isCutOff = false;
	}

	/**
	 * Say that this process serves again after all.
	 */
	void calledOff() {
		this.phases.change(EnumSet.of(ExecutionPhase.SHARING, ExecutionPhase.DRAINING), ExecutionPhase.RUNNING);
	}

	/**
	 * Say that the drain has ended by an error, so that connections may be left.
	 */
	void disturbed() {
		this.disturbed = true;
	}

	/**
	 * Wait for the end of the drain that is under way, and drain what a disturbed one has
	 * left.
	 * @param timeout how long the latter may take
	 */
	void await(Duration timeout) throws InterruptedException {
		this.turn.lockInterruptibly();
		try {
			if (this.disturbed) {
				this.listeners.drain(this.streamTimeout);
				begin(timeout).run();
			}
		}
		finally {
			this.turn.unlock();
		}
	}

	/**
	 * Return what is left of the time of the drain.
	 * @param all all of it, where none has begun
	 */
	Duration left(Duration all) {
		Drain current = this.drain;
		return (current != null) ? current.left() : all;
	}

	/**
	 * Return the drain that is under way.
	 */
	@Nullable DrainReport report() {
		Drain current = this.drain;
		Sharing shared = this.sharing;
		return (current != null) ? current.report((shared != null) ? shared.report() : null) : null;
	}

	/**
	 * What is done between the beginning of a drain and the end of accepting.
	 */
	interface Farewell {

		void say() throws InterruptedException;

	}

	/**
	 * What one thread does at a time.
	 */
	private interface Work {

		boolean done() throws InterruptedException;

	}

}
