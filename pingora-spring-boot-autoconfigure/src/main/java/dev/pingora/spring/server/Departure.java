package dev.pingora.spring.server;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server leaves: it hands over to a successor, or drains for good.
 */
final class Departure {

	private static final Logger logger = LoggerFactory.getLogger(Departure.class);

	private static final Set<ExecutionPhase> STARTED = EnumSet.of(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED,
			ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER);

	/**
	 * How long background services may take to stop when the connections have used up the
	 * time of the drain.
	 */
	private static final Duration LAST_CHANCE = Duration.ofSeconds(1);

	private static final int NOT_TOLD = -1;

	private final ServerSettings settings;

	private final Phases phases;

	private final Listeners listeners;

	private final TakeOver takeOver;

	private final IntConsumer exit;

	private final Draining draining;

	private final Succession succession;

	private final HandOvers handOvers;

	private final BackgroundServices background;

	private volatile int toldToExit = NOT_TOLD;

	Departure(ServerSettings settings, Phases phases, Listeners listeners, TakeOver takeOver, UpgradeHistory history,
			Testament testament, BackgroundServices background, IntConsumer exit) {
		this.settings = settings;
		this.phases = phases;
		this.listeners = listeners;
		this.takeOver = takeOver;
		this.background = background;
		this.exit = exit;
		this.draining = new Draining(settings.streamTimeout(), phases, listeners, takeOver);
		this.succession = new Succession(settings, this.draining, takeOver, history, testament, exit);
		this.handOvers = new HandOvers(settings, phases, listeners, takeOver, history, testament, background,
				this.succession);
	}

	/**
	 * Hand the listening sockets to a successor, drain, and exit with 0.
	 * @param start starts the successor, or {@code null} where somebody else does
	 * @param onOutcome told what became of it, as soon as that is known
	 * @return whether a successor serves now
	 */
	boolean upgrade(@Nullable SuccessorStart start, Consumer<UpgradeReport> onOutcome) {
		boolean succeeded = this.handOvers.upgrade(start, onOutcome);
		if (succeeded && this.toldToExit != NOT_TOLD) {
			// The successor has died since, and the traffic was taken back.
			drainAndExit(() -> {
			}, this.toldToExit);
		}
		return succeeded;
	}

	HandOvers handOvers() {
		return this.handOvers;
	}

	/**
	 * Cut off what is left after a hand-over, because a younger generation begins to
	 * drain.
	 */
	void cutOff(String reason) {
		this.succession.cutOff(reason);
	}

	/**
	 * Give up, because the predecessor serves on the sockets again.
	 */
	void giveUp(String reason) {
		logger.error("The predecessor took its sockets back: {}", reason);
		this.listeners.own(Set.of());
		drainAndExit(() -> {
			if (finishBackground()) {
				this.takeOver.sayStopped();
			}
		}, 1);
	}

	/**
	 * Let a predecessor that still drains take the traffic back, because this process
	 * ends without having been told to.
	 * @return whether there is one
	 */
	private boolean giveBack() {
		PeerReport predecessor = this.takeOver.report();
		if (predecessor == null || predecessor.state() != PeerState.DRAINING) {
			return false;
		}
		logger.warn("This process ends by itself: the predecessor (pid {}) takes the traffic back", predecessor.pid());
		this.listeners.own(Set.of());
		// Otherwise the predecessor hears it from the end of this process.
		if (finishBackground()) {
			this.takeOver.close();
		}
		return true;
	}

	/**
	 * Stop accepting once more, because a listener may have begun after the drain had.
	 */
	void stopAccepting() {
		this.takeOver.endTurns();
		this.listeners.drain(this.settings.streamTimeout());
	}

	/**
	 * Stop the background services for good, before anybody is told that they are free.
	 * @return whether they have stopped
	 */
	private boolean finishBackground() {
		Duration left = this.draining.left(this.settings.gracePeriod());
		try {
			this.background.finish((left.compareTo(LAST_CHANCE) > 0) ? left : LAST_CHANCE);
			return true;
		}
		catch (UpgradeException ex) {
			logger.error("{}: it ends with this process", ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	/**
	 * Drain within the grace period, and exit.
	 */
	void terminate(int exitCode) {
		// One that drains after a hand-over would serve again if the successor died now.
		this.toldToExit = exitCode;
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

	private void drainAndExit(Draining.Farewell farewell, int exitCode) {
		try {
			this.handOvers.abort("the predecessor was told to terminate");
			if (!this.draining.run(STARTED, this.settings.gracePeriod(), farewell)) {
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
	 * Drain, or wait for the end of the drain that is under way, and stop the background
	 * services within what is left of its time.
	 */
	void await() throws InterruptedException {
		this.handOvers.abort("the application is closing");
		boolean serving = isServing();
		this.draining.run(STARTED, this.settings.gracePeriod(), () -> {
			if (!giveBack()) {
				delay(serving);
			}
		});
		this.draining.await(this.settings.gracePeriod());
		finishBackground();
	}

	/**
	 * Return the drain that is under way.
	 */
	@Nullable DrainReport drainReport() {
		return this.draining.report();
	}

}
