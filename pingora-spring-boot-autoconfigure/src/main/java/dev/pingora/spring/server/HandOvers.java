package dev.pingora.spring.server;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.upgrade.Successor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hand-overs of a server, one at a time: begins one, refuses another, calls it off.
 */
final class HandOvers {

	private static final Logger logger = LoggerFactory.getLogger(HandOvers.class);

	private final ServerSettings settings;

	private final Phases phases;

	private final Listeners listeners;

	private final TakeOver takeOver;

	private final UpgradeHistory history;

	private final Testament testament;

	private final BackgroundServices background;

	private final Succession succession;

	private final AtomicReference<@Nullable HandOver> current = new AtomicReference<>();

	private volatile @Nullable HandOver last;

	HandOvers(ServerSettings settings, Phases phases, Listeners listeners, TakeOver takeOver, UpgradeHistory history,
			Testament testament, BackgroundServices background, Succession succession) {
		this.settings = settings;
		this.phases = phases;
		this.listeners = listeners;
		this.takeOver = takeOver;
		this.history = history;
		this.testament = testament;
		this.background = background;
		this.succession = succession;
	}

	/**
	 * Hand the listening sockets to a successor, and leave to it until this process exits
	 * or has taken the traffic back.
	 * @param start starts the successor, or {@code null} where somebody else does
	 * @param onOutcome told what became of it, as soon as that is known
	 * @return whether a successor serves now
	 */
	boolean upgrade(@Nullable SuccessorStart start, Consumer<UpgradeReport> onOutcome) {
		HandOver attempt = new HandOver(this.settings, UpgradeAttempt.begin(this.takeOver.generation()));
		boolean alone = this.current.compareAndSet(null, attempt);
		try {
			boolean lingering = isLingering();
			if (alone && !lingering && this.phases.change(ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER)) {
				this.last = attempt;
				this.history.keep(attempt.attempt());
				return handOver(attempt, start, onOutcome);
			}
			String reason = lingering ? "the successor of a failed upgrade, which was told to serve, has not ended yet"
					: "the server is in phase " + this.phases.current();
			logger.warn("Upgrade refused: {}", reason);
			onOutcome.accept(refuse(reason));
			return false;
		}
		finally {
			attempt.end();
			this.current.compareAndSet(attempt, null);
		}
	}

	/**
	 * Return whether a successor that was told to serve, and was not heard in time or has
	 * failed, may still do so.
	 */
	private boolean isLingering() {
		HandOver last = this.last;
		return last != null && last.isLingering();
	}

	/**
	 * Note an upgrade that does not begin.
	 */
	UpgradeReport refuse(String reason) {
		return this.history.end(UpgradeAttempt.begin(this.takeOver.generation()), UpgradeOutcome.REFUSED, reason);
	}

	private boolean handOver(HandOver attempt, @Nullable SuccessorStart start, Consumer<UpgradeReport> onOutcome) {
		StartedSuccessor started = null;
		Traffic traffic = Traffic.fromNowOn(this.listeners.shareable());
		try {
			started = (start != null) ? started(start, attempt) : null;
			HandOver.Outcome outcome = attempt.run(this.listeners.sockets(), this.takeOver, this.testament,
					this.background, traffic);
			attempt.end();
			onOutcome.accept(this.history.end(attempt.attempt(), UpgradeOutcome.SUCCEEDED, null));
			List<Listener> unwanted = this.listeners.named(outcome.unwanted());
			this.listeners.own(unwanted);
			this.succession.begin(outcome, traffic, traffic.listenersWithout(unwanted), attempt.attempt());
			return true;
		}
		catch (UpgradeException ex) {
			if (started != null) {
				started.end(this.settings.upgradeTimeouts().answer());
			}
			logger.error("Upgrade failed, this process goes on serving: {}", ex.getMessage());
			this.phases.change(ExecutionPhase.HANDING_OVER, ExecutionPhase.RUNNING);
			UpgradeOutcome outcome = attempt.isAborted() ? UpgradeOutcome.ABORTED : UpgradeOutcome.FAILED;
			onOutcome.accept(this.history.end(attempt.attempt(), outcome, ex.getMessage()));
			return false;
		}
	}

	private static StartedSuccessor started(SuccessorStart start, HandOver attempt) {
		try {
			return StartedSuccessor.start(start, attempt);
		}
		catch (UpgradeException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new UpgradeException("The successor cannot be started: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Call off the hand-over that is under way.
	 * @return whether there was one, and it had not committed
	 */
	boolean abort(String reason) throws InterruptedException {
		HandOver current = this.current.get();
		return current != null && current.abort(reason);
	}

	/**
	 * Return the pid of the process that serves in the place of this one.
	 */
	OptionalLong successor() {
		Successor serving = this.succession.successor();
		return (serving != null) ? OptionalLong.of(serving.pid()) : OptionalLong.empty();
	}

	/**
	 * Return the successor as it is seen from here.
	 */
	@Nullable PeerReport successorReport() {
		Successor serving = this.succession.successor();
		HandOver current = this.current.get();
		if (serving != null) {
			return new PeerReport(serving.pid(), PeerState.SERVING);
		}
		return (current != null) ? current.report() : null;
	}

}
