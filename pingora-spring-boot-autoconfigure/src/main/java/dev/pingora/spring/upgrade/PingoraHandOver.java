package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.InheritedSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hand-over to Cloudflare's Pingora, which says no word: the sockets are sent in one
 * message, as its {@code transfer_fd} does.
 */
final class PingoraHandOver {

	private static final Logger logger = LoggerFactory.getLogger(PingoraHandOver.class);

	/**
	 * How long a Pingora goes on accepting after it has sent its sockets
	 * ({@code CLOSE_TIMEOUT} of its server).
	 */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final Dialogue<PredecessorState> dialogue;

	PingoraHandOver(Dialogue<PredecessorState> dialogue) {
		this.dialogue = dialogue;
	}

	/**
	 * Send all. Where they cannot be sent, the dialogue has ended.
	 * @return what is to be done
	 */
	List<UpgradeAction> send(List<InheritedSocket> sockets, BackgroundWork background) throws InterruptedException {
		try {
			SocketBatch batch = SocketBatch.single(sockets);
			background.stop();
			List<UpgradeAction> actions = this.dialogue.on(UpgradeEvent.BACKGROUND_STOPPED, "");
			if (actions.contains(UpgradeAction.SEND_SOCKETS)) {
				this.dialogue.connection().send(batch);
				this.dialogue.close();
			}
			return actions;
		}
		catch (UpgradeException ex) {
			return this.dialogue.on(UpgradeEvent.BACKGROUND_STUBBORN, ex);
		}
		catch (IOException ex) {
			return this.dialogue.on(UpgradeEvent.LOST,
					new UpgradeException("The sockets cannot be sent: " + ex.getMessage(), ex));
		}
	}

	/**
	 * Go on accepting for as long as a Pingora does.
	 */
	void giveTime(long pid) throws InterruptedException {
		logger.info("The Pingora (pid {}) confirms nothing: accepting for another {} s", pid,
				CLOSE_TIMEOUT.toSeconds());
		new CountDownLatch(1).await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		this.dialogue.on(UpgradeEvent.TIMEOUT, "");
	}

}
