package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Message.Verb;

/**
 * The sending of sockets to a successor, which confirms each message before the next.
 */
final class SocketOffer {

	private final Dialogue<PredecessorState> dialogue;

	private final Duration answerTimeout;

	SocketOffer(Dialogue<PredecessorState> dialogue, Duration answerTimeout) {
		this.dialogue = dialogue;
		this.answerTimeout = answerTimeout;
	}

	/**
	 * Send all. Where one is not confirmed, the dialogue has ended.
	 */
	void send(List<InheritedSocket> sockets) {
		int sent = 0;
		for (SocketBatch batch : split(sockets)) {
			sent += batch.sockets().size();
			if (!send(batch, sent)) {
				return;
			}
		}
	}

	private List<SocketBatch> split(List<InheritedSocket> sockets) {
		try {
			return SocketBatch.split(sockets);
		}
		catch (UpgradeException ex) {
			this.dialogue.on(UpgradeEvent.ABORTED, ex);
			return List.of();
		}
	}

	private boolean send(SocketBatch batch, int sent) {
		try {
			this.dialogue.connection().send(batch);
			return confirm(this.dialogue.connection().receive(Verb.RECEIVED.name(), this.answerTimeout), sent,
					batch.more());
		}
		catch (IOException ex) {
			this.dialogue.on(UpgradeEvent.LOST,
					new UpgradeException("The sockets cannot be sent: " + ex.getMessage(), ex));
		}
		catch (UpgradeException ex) {
			this.dialogue.heard(ex);
		}
		return false;
	}

	private boolean confirm(Message message, int sent, int more) {
		boolean received = message.verb() == Verb.RECEIVED;
		if (received && !message.text().equals(Integer.toString(sent))) {
			throw new UpgradeException("The successor received %s of %d sockets".formatted(message.text(), sent));
		}
		if (!received || more == 0) {
			this.dialogue.heard(message, Verb.RECEIVED.name(), "");
		}
		return received;
	}

}
