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

	private final CountDownLatch ended = new CountDownLatch(1);

	private final Thread thread = Thread.currentThread();

	private @Nullable Successor successor;

	private @Nullable String abortReason;

	private boolean committing;

	HandOver(ServerSettings settings) {
		this.settings = settings;
	}

	/**
	 * Hand over.
	 * @return the successor, which serves, and the sockets that it does not want
	 * @throws UpgradeException if it does not serve; nothing has changed then
	 */
	Outcome run(List<InheritedSocket> sockets, int generation) {
		try {
			logger.info("Handing over {} listening sockets on '{}'", sockets.size(),
					this.settings.upgradeSocket().path());
			Successor found = found(
					Successor.await(this.settings.upgradeSocket(), this.settings.upgradeTimeouts(), generation));
			found.handOver(sockets);
			logger.info("The successor (pid {}) has the sockets", found.pid());
			found.awaitPrepared();
			beginCommit();
			Outcome outcome = new Outcome(found, found.commit());
			logger.info("The successor (pid {}) serves", found.pid());
			return outcome;
		}
		catch (InterruptedException ex) {
			throw failed(new UpgradeException("Called off", ex));
		}
		catch (UpgradeException ex) {
			throw failed(ex);
		}
	}

	/**
	 * Say that this hand-over has ended, whatever came of it.
	 */
	void end() {
		this.ended.countDown();
	}

	private synchronized Successor found(Successor found) {
		this.successor = found;
		checkAborted();
		return found;
	}

	private synchronized void beginCommit() {
		checkAborted();
		this.committing = true;
	}

	private void checkAborted() {
		if (this.abortReason != null) {
			throw new UpgradeException(this.abortReason);
		}
	}

	private synchronized UpgradeException failed(UpgradeException failure) {
		Thread.interrupted();
		UpgradeException reason = (this.abortReason != null) ? new UpgradeException(this.abortReason, failure)
				: failure;
		if (this.successor != null) {
			this.successor.abort(String.valueOf(reason.getMessage()));
		}
		return reason;
	}

	/**
	 * Call the upgrade off, or wait for its end where it commits already.
	 * @param reason why, in one sentence
	 */
	void abort(String reason) throws InterruptedException {
		synchronized (this) {
			if (!this.committing) {
				this.abortReason = reason;
				if (this.successor != null) {
					this.successor.abort(reason);
				}
				else {
					this.thread.interrupt();
				}
			}
		}
		this.ended.await();
	}

	/**
	 * A hand-over that succeeded.
	 *
	 * @param successor the process that serves now
	 * @param unwanted the names of the sockets that it does not want
	 */
	record Outcome(Successor successor, List<String> unwanted) {
	}

}
