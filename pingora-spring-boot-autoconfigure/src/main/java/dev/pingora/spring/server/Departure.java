package dev.pingora.spring.server;

import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

import dev.pingora.spring.upgrade.Successor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server leaves: it hands over to a successor or drains for good, and takes the
 * traffic back from a successor that dies meanwhile.
 */
final class Departure {

	private static final Logger logger = LoggerFactory.getLogger(Departure.class);

	private static final Set<ExecutionPhase> STARTED = EnumSet.of(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED,
			ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER);

	private final ServerSettings settings;

	private final Phases phases;

	private final Listeners listeners;

	private final TakeOver takeOver;

	private final IntConsumer exit;

	/**
	 * Held by the one that drains.
	 */
	private final ReentrantLock draining = new ReentrantLock();

	private final AtomicReference<@Nullable HandOver> handOver = new AtomicReference<>();

	private volatile OptionalLong successor = OptionalLong.empty();

	Departure(ServerSettings settings, Phases phases, Listeners listeners, TakeOver takeOver, IntConsumer exit) {
		this.settings = settings;
		this.phases = phases;
		this.listeners = listeners;
		this.takeOver = takeOver;
		this.exit = exit;
	}

	/**
	 * Hand the listening sockets to a successor, drain, and exit with 0.
	 * @return whether a successor serves now
	 */
	boolean upgrade() {
		HandOver attempt = new HandOver(this.settings);
		boolean alone = this.handOver.compareAndSet(null, attempt);
		try {
			if (alone && this.phases.change(ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER)) {
				return handOver(attempt);
			}
			logger.warn("Upgrade refused: the server is in phase {}", this.phases.current());
			return false;
		}
		finally {
			attempt.end();
			this.handOver.compareAndSet(attempt, null);
		}
	}

	private boolean handOver(HandOver attempt) {
		try {
			HandOver.Outcome outcome = attempt.run(this.listeners.sockets(), this.takeOver.generation());
			attempt.end();
			this.successor = OptionalLong.of(outcome.successor().pid());
			this.listeners.own(this.listeners.named(outcome.unwanted()));
			leave(outcome.successor());
			return true;
		}
		catch (UpgradeException ex) {
			logger.error("Upgrade failed, this process goes on serving: {}", ex.getMessage());
			this.phases.change(ExecutionPhase.HANDING_OVER, ExecutionPhase.RUNNING);
			return false;
		}
	}

	private void leave(Successor successor) {
		Thread drain = Thread.currentThread();
		try {
			boolean drained = drain(EnumSet.of(ExecutionPhase.HANDING_OVER), this.settings.drainTimeout(), () -> {
				this.takeOver.sayLeaving();
				successor.onLost(drain::interrupt);
			});
			if (drained) {
				successor.close();
				this.exit.accept(0);
			}
		}
		catch (InterruptedException ex) {
			takeBack();
		}
	}

	/**
	 * Return the pid of the process that serves in the place of this one.
	 */
	OptionalLong successor() {
		return this.successor;
	}

	private void takeBack() {
		logger.error("The successor is gone: this process takes the traffic back");
		this.successor = OptionalLong.empty();
		this.listeners.own(this.listeners.all());
		this.listeners.accept();
		this.phases.change(ExecutionPhase.DRAINING, ExecutionPhase.RUNNING);
	}

	/**
	 * Give up, because the predecessor serves on the sockets again.
	 */
	void giveUp(String reason) {
		logger.error("The predecessor took its sockets back: {}", reason);
		this.listeners.own(Set.of());
		drainAndExit(() -> {
		}, 1);
	}

	/**
	 * Drain within the grace period, and exit.
	 */
	void terminate(int exitCode) {
		boolean serving = isServing();
		drainAndExit(() -> {
			this.takeOver.sayLeaving();
			delay(serving);
		}, exitCode);
	}

	private boolean isServing() {
		return this.phases.current() == ExecutionPhase.RUNNING;
	}

	/**
	 * Go on accepting, while load balancers learn that this process leaves.
	 */
	private void delay(boolean serving) throws InterruptedException {
		Duration delay = this.settings.preDrainDelay();
		if (serving && !delay.isZero()) {
			logger.info("Accepting for another {} ms", delay.toMillis());
			new CountDownLatch(1).await(delay.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void drainAndExit(Farewell farewell, int exitCode) {
		try {
			abortHandOver("the predecessor was told to terminate");
			if (!drain(STARTED, this.settings.gracePeriod(), farewell)) {
				logger.info("The server is in phase {} already", this.phases.current());
				return;
			}
		}
		catch (InterruptedException ex) {
			logger.warn("The drain was interrupted");
		}
		this.exit.accept(exitCode);
	}

	/**
	 * Drain, or wait for the end of the drain that is under way.
	 */
	void await() throws InterruptedException {
		abortHandOver("the application is closing");
		boolean serving = isServing();
		drain(STARTED, this.settings.gracePeriod(), () -> delay(serving));
		this.draining.lockInterruptibly();
		this.draining.unlock();
	}

	private void abortHandOver(String reason) throws InterruptedException {
		HandOver current = this.handOver.get();
		if (current != null) {
			current.abort(reason);
		}
	}

	/**
	 * Drain, if nobody does and the phase lets it begin.
	 * @return whether it was drained here
	 */
	private boolean drain(Set<ExecutionPhase> from, Duration timeout, Farewell farewell) throws InterruptedException {
		if (!this.draining.tryLock()) {
			return false;
		}
		try {
			if (!this.phases.change(from, ExecutionPhase.DRAINING)) {
				return false;
			}
			farewell.say();
			this.listeners.drain(this.settings.streamTimeout());
			new Drain(this.listeners.all()).run(timeout);
			return true;
		}
		finally {
			this.draining.unlock();
		}
	}

	/**
	 * What is done between the beginning of a drain and the end of accepting.
	 */
	private interface Farewell {

		void say() throws InterruptedException;

	}

}
