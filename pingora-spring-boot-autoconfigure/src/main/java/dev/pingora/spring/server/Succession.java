package dev.pingora.spring.server;

import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.upgrade.Successor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows a hand-over: this process leaves its traffic to the successor that serves,
 * drains and exits, or takes the traffic back from a successor that dies meanwhile.
 */
final class Succession {

	private static final Logger logger = LoggerFactory.getLogger(Succession.class);

	/**
	 * The exit code of a process that was cut off after its hand-over.
	 */
	private static final int CUT_OFF = 3;

	private final ServerSettings settings;

	private final Draining draining;

	private final TakeOver takeOver;

	private final UpgradeHistory history;

	private final Testament testament;

	private final IntConsumer exit;

	private volatile @Nullable Successor successor;

	Succession(ServerSettings settings, Draining draining, TakeOver takeOver, UpgradeHistory history,
			Testament testament, IntConsumer exit) {
		this.settings = settings;
		this.draining = draining;
		this.takeOver = takeOver;
		this.history = history;
		this.testament = testament;
		this.exit = exit;
	}

	/**
	 * Leave to a successor that serves.
	 * @param shared the listeners that both serve for a while
	 */
	void begin(HandOver.Outcome outcome, Traffic traffic, List<Listener> shared, UpgradeAttempt attempt) {
		Successor serving = outcome.successor();
		this.successor = serving;
		try {
			new Generations(this.settings.upgradeSocket()).makeRoom(this.takeOver.generation(),
					this.settings.maxDraining());
			if (drain(outcome, traffic, shared)) {
				this.history.drained(attempt);
				if (!serving.drained(this.testament.lastWord(attempt))) {
					// Its loss was noticed with that word, and interrupts this thread.
					new CountDownLatch(1).await();
				}
				serving.close();
				this.exit.accept(this.draining.isCutOff() ? CUT_OFF : 0);
			}
		}
		catch (InterruptedException ex) {
			takeBack(attempt);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The drain was disturbed: this process exits when its connections have ended", ex);
			this.draining.disturbed();
			this.exit.accept(1);
		}
	}

	/**
	 * Cut off what is left after a hand-over, because a younger generation begins to
	 * drain.
	 */
	void cutOff(String reason) {
		if (this.successor == null || !this.draining.cutOff("Cut off, because " + reason)) {
			logger.warn("Not cut off, because this process does not drain after a hand-over: {}", reason);
		}
	}

	private boolean drain(HandOver.Outcome outcome, Traffic traffic, List<Listener> shared)
			throws InterruptedException {
		Thread drainer = Thread.currentThread();
		Draining.Farewell farewell = () -> {
			this.takeOver.sayLeaving();
			outcome.successor().onGone(drainer::interrupt, this.draining::endSharing);
		};
		if (outcome.spread().isAtOnce() || shared.isEmpty()) {
			return this.draining.run(EnumSet.of(ExecutionPhase.HANDING_OVER), this.settings.drainTimeout(), farewell);
		}
		Sharing sharing = new Sharing(outcome.successor(), outcome.spread(), traffic, shared);
		boolean drained = this.draining.run(sharing, this.settings.drainTimeout(), farewell);
		if (!drained) {
			// It drains elsewhere, and the successor expects to share.
			outcome.successor().draining();
		}
		return drained;
	}

	private void takeBack(UpgradeAttempt attempt) {
		Successor lost = this.successor;
		String reason = (lost != null && lost.isLingering()) ? "has failed" : "is gone";
		logger.error("The successor {}: this process takes the traffic back", reason);
		this.successor = null;
		this.draining.callOff();
		this.history.end(attempt, UpgradeOutcome.TAKEN_BACK,
				"The successor %s, while this process drained".formatted(reason));
		this.draining.calledOff();
	}

	/**
	 * Return the process that serves in the place of this one.
	 */
	@Nullable Successor successor() {
		return this.successor;
	}

}
