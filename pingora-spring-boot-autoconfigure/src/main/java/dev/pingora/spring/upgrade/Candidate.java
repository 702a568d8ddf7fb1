package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Message.Verb;
import dev.pingora.spring.upgrade.UpgradeConnection.Line;
import dev.pingora.spring.upgrade.UpgradeConnection.Received;
import org.jspecify.annotations.Nullable;

/**
 * A process that has connected and is the predecessor if it hands over sockets.
 */
final class Candidate implements Closeable {

	private static final Set<SuccessorState> RECEIVING = EnumSet.of(SuccessorState.GREETING, SuccessorState.GREETED,
			SuccessorState.RECEIVING);

	private final Dialogue<SuccessorState> dialogue;

	private final Duration answerTimeout;

	private final List<InheritedSocket> received = new ArrayList<>();

	private @Nullable Hello hello;

	Candidate(UpgradeConnection connection, Duration answerTimeout) {
		this.dialogue = new Dialogue<>(connection, UpgradeProtocol.SUCCESSOR, SuccessorState.GREETING, "predecessor");
		this.answerTimeout = answerTimeout;
	}

	Dialogue<SuccessorState> dialogue() {
		return this.dialogue;
	}

	/**
	 * Return what it has said first.
	 * @return its greeting, or {@code null} if it is a Pingora
	 */
	@Nullable Hello hello() {
		return this.hello;
	}

	List<InheritedSocket> sockets() {
		return List.copyOf(this.received);
	}

	/**
	 * Greet, and receive sockets until all are here.
	 * @throws UpgradeException if they do not come, or are none; nothing is kept then
	 */
	void receive() {
		this.dialogue.greet(Hello.ofThisProcess(0, "").text());
		while (isReceiving()) {
			try {
				received(this.dialogue.connection().receiveAny("the sockets", this.answerTimeout));
			}
			catch (UpgradeException ex) {
				perform(this.dialogue.heard(ex).actions());
			}
		}
		if (this.dialogue.state() == SuccessorState.FAILED) {
			throw this.dialogue.failure();
		}
		this.dialogue.connection().expectLines();
	}

	private boolean isReceiving() {
		return RECEIVING.contains(this.dialogue.state());
	}

	private void received(Received message) {
		if (message instanceof SocketBatch batch) {
			received(batch);
		}
		else if (message instanceof Line line) {
			boolean greeted = this.hello != null;
			if (line.message().verb() == Verb.HELLO && !greeted) {
				this.hello = Hello.parse(line.message());
			}
			perform(this.dialogue.heard(line.message(), greeted ? "the sockets" : Verb.HELLO.name(), "").actions());
		}
	}

	private void received(SocketBatch batch) {
		this.received.addAll(batch.sockets());
		batch.sockets().forEach(Candidate::verify);
		if (this.hello == null && batch.more() > 0) {
			throw new UpgradeException("The other process sent sockets without a greeting, and more are to come");
		}
		UpgradeEvent event = (this.hello == null) ? UpgradeEvent.FOREIGN_SOCKETS
				: (batch.more() > 0) ? UpgradeEvent.SOME_SOCKETS : UpgradeEvent.LAST_SOCKET;
		this.dialogue.on(event, Integer.toString(this.received.size()));
	}

	private static void verify(InheritedSocket socket) {
		if (!socket.isListening()) {
			throw new UpgradeException(
					"What was sent as '%s' is not a socket that listens".formatted(Message.printable(socket.name())));
		}
	}

	private void perform(List<UpgradeAction> actions) {
		if (actions.contains(UpgradeAction.CLOSE_SOCKETS)) {
			this.received.forEach(InheritedSocket::close);
			this.received.clear();
		}
	}

	/**
	 * Refuse the sockets.
	 * @param reason why, in one sentence
	 */
	void refuse(String reason) {
		this.received.forEach(InheritedSocket::close);
		this.received.clear();
		this.dialogue.on(UpgradeEvent.BROKEN, new UpgradeException(reason));
		this.dialogue.close();
	}

	@Override
	public void close() {
		this.dialogue.close();
	}

}
