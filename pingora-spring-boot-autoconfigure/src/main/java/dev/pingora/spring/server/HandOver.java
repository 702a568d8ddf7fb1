package dev.pingora.spring.server;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Successor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The old process's side of one upgrade, up to the point where the successor serves. It
 * can be called off until it commits.
 */
final class HandOver {

	private static final Logger logger = LoggerFactory.getLogger(HandOver.class);

	private final ServerSettings settings;

	private final UpgradeAttempt attempt;

	private final CountDownLatch ended = new CountDownLatch(1);

	private final Thread thread = Thread.currentThread();

	private volatile @Nullable Successor successor;

	private @Nullable String abortReason;

	private @Nullable String failure;

	private Spread announced = Spread.AT_ONCE;

	HandOver(ServerSettings settings, UpgradeAttempt attempt) {
		this.settings = settings;
		this.attempt = attempt;
	}

	/**
	 * Return what is noted of this upgrade.
	 */
	UpgradeAttempt attempt() {
		return this.attempt;
	}

	/**
	 * Hand over.
	 * @return the successor, which serves, and the sockets that it does not want
	 * @throws UpgradeException if it does not serve; nothing has changed then
	 */
	Outcome run(List<InheritedSocket> sockets, TakeOver takeOver, Testament testament, BackgroundServices background,
			Traffic traffic) {
		try {
			logger.info("Handing over {} listening sockets on '{}'", sockets.size(),
					this.settings.upgradeSocket().path());
			Successor found = found(Successor.await(this.settings.upgradeSocket(), this.settings.upgradeTimeouts(),
					takeOver.generation(), testament.greeting(), background, this.settings.compatibility()));
			takeOver.sayHandingOn();
			return found.isSilent() ? trust(found, sockets) : agree(found, sockets, testament, traffic);
		}
		catch (InterruptedException ex) {
			throw failed(new UpgradeException("Called off", ex), takeOver);
		}
		catch (UpgradeException ex) {
			throw failed(ex, takeOver);
		}
		catch (RuntimeException | Error ex) {
			// A process that lives on, even where its memory is short, must not stay in
			// the middle.
			Successor found = this.successor;
			if (found != null && found.isServing()) {
				logger.warn("The successor serves, but the hand-over was disturbed: {}", ex.toString());
				return new Outcome(found, List.of(), this.announced);
			}
			throw failed(new UpgradeException("The hand-over was disturbed: " + ex, ex), takeOver);
		}
	}

	private Outcome agree(Successor found, List<InheritedSocket> sockets, Testament testament, Traffic traffic)
			throws InterruptedException {
		found.handOver(sockets);
		this.attempt.handedOver(sockets.size());
		logger.info("The successor (pid {}) has the sockets", found.pid());
		this.attempt.prepared(found.awaitPrepared());
		this.announced = this.settings.spread(traffic);
		List<String> unwanted = found.commit(() -> this.announced.after(testament.commit(this.attempt)));
		this.attempt.completed(UpgradeStep.COMMIT);
		logger.info("The successor (pid {}) serves", found.pid());
		return new Outcome(found, unwanted, this.announced);
	}

	private Outcome trust(Successor found, List<InheritedSocket> sockets) throws InterruptedException {
		found.trust(sockets);
		this.attempt.handedOver(sockets.size());
		found.giveTime();
		return new Outcome(found, List.of(), Spread.AT_ONCE);
	}

	/**
	 * Say that this hand-over has ended, whatever came of it.
	 */
	void end() {
		this.ended.countDown();
	}

	private synchronized Successor found(Successor found) {
		this.successor = found;
		this.attempt.found(found.pid());
		checkAborted();
		return found;
	}

	/**
	 * Return the successor as it is seen from here.
	 */
	@Nullable PeerReport report() {
		Successor found = this.successor;
		return (found != null) ? new PeerReport(found.pid(), PeerState.STARTING) : null;
	}

	/**
	 * Return whether it was called off, so that its failure is no failure of the
	 * successor.
	 */
	synchronized boolean isAborted() {
		return this.abortReason != null;
	}

	/**
	 * Fail, because the process that was to be the successor has ended before it could be
	 * heard. One that was heard says itself why it ends, and one that exits with 0 has
	 * started the successor in its turn, as a daemon does.
	 */
	synchronized void successorExited(int code) {
		if (code != 0 && this.successor == null && this.ended.getCount() > 0) {
			this.failure = "The successor exited with %d before it waited for the sockets; see its log".formatted(code);
			this.thread.interrupt();
		}
	}

	private void checkAborted() {
		if (this.abortReason != null) {
			throw new UpgradeException(this.abortReason);
		}
		if (this.failure != null) {
			throw new UpgradeException(this.failure);
		}
	}

	/**
	 * Say why it has failed.
	 */
	private synchronized UpgradeException failed(UpgradeException caught, TakeOver takeOver) {
		Thread.interrupted();
		String known = (this.abortReason != null) ? this.abortReason : this.failure;
		UpgradeException reason = (known != null) ? new UpgradeException(known, caught) : caught;
		if (this.successor != null && !this.successor.abort(String.valueOf(reason.getMessage()))) {
			this.successor.withdraw(String.valueOf(reason.getMessage()));
		}
		takeOver.sayStaying();
		return reason;
	}

	/**
	 * Return whether the successor was told to serve, and is not known to have stopped.
	 */
	boolean isLingering() {
		Successor found = this.successor;
		return found != null && found.isLingering();
	}

	/**
	 * Call the upgrade off, or wait for its end where it commits already.
	 * @param reason why, in one sentence
	 * @return whether it was called off
	 */
	boolean abort(String reason) throws InterruptedException {
		synchronized (this) {
			if (this.successor == null) {
				this.abortReason = reason;
				this.thread.interrupt();
			}
			else if (this.successor.abort(reason)) {
				this.abortReason = reason;
			}
		}
		this.ended.await();
		return isAborted();
	}

	/**
	 * A hand-over that succeeded.
	 *
	 * @param successor the process that serves now
	 * @param unwanted the names of the sockets that it does not want
	 * @param spread how the traffic goes over to it
	 */
	record Outcome(Successor successor, List<String> unwanted, Spread spread) {
	}

}
