package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.process.Exit;
import dev.pingora.spring.process.SignalActions;
import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.CandidateTest;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.SuccessorStart;
import dev.pingora.spring.server.UpgradeReport;

/**
 * What can be done to a server from outside: by a signal, and by an operator's request.
 */
final class ServerActions implements SignalActions {

	private final PingoraServer server;

	private final PingoraProperties properties;

	private final SuccessorStart successorStart;

	private final CandidateTest candidateTest;

	ServerActions(PingoraServer server, PingoraProperties properties, SuccessorStart successorStart) {
		this.server = server;
		this.properties = properties;
		this.successorStart = successorStart;
		this.candidateTest = new CandidateTest(server);
	}

	@Override
	public void interrupt() {
		start("pingora-interrupt", this.server::interrupt, false);
		Exit.atOnce(Exit.INTERRUPTED, this.properties.shutdown().fastTimeout());
	}

	@Override
	public void terminate() {
		this.server.terminate(Exit.TERMINATED);
	}

	@Override
	public void upgrade() {
		this.server.upgrade(this.properties.upgrade().spawn() ? this.successorStart : null, (report) -> {
		});
	}

	/**
	 * Terminate without waiting for it.
	 */
	void beginTermination() {
		start("pingora-shutdown", this::terminate, true);
	}

	/**
	 * Exit at once, as soon as the answers have left that one listener owes.
	 * @param name the listener whose connections end first, within the time that an exit
	 * may take
	 */
	void beginInterrupt(String name) {
		start("pingora-shutdown", () -> {
			letAnswersLeave(name, this.properties.shutdown().fastTimeout());
			interrupt();
		}, true);
	}

	private void letAnswersLeave(String name, Duration timeout) {
		try {
			for (Listener listener : this.server.listeners()) {
				if (listener.service().equals(name)) {
					listener.drain(timeout);
					listener.connections().awaitNone(timeout);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Start a successor and hand over to it, without waiting for it.
	 * @return what became of it
	 */
	CompletableFuture<UpgradeReport> beginUpgrade() {
		CompletableFuture<UpgradeReport> outcome = new CompletableFuture<>();
		start("pingora-upgrade", () -> upgrade(outcome), false);
		return outcome;
	}

	private void upgrade(CompletableFuture<UpgradeReport> outcome) {
		try {
			this.server.upgrade(this.successorStart, outcome::complete);
		}
		catch (RuntimeException ex) {
			outcome.completeExceptionally(ex);
		}
	}

	/**
	 * Test what would be the successor, which may take as long as its start.
	 * @return what that has shown
	 */
	CandidateReport testCandidate() throws InterruptedException {
		return this.candidateTest.run(this.successorStart, this.properties.upgrade().readyTimeout());
	}

	/**
	 * Start a thread.
	 * @param exits whether it ends the process. It keeps the JVM up until it does,
	 * because a JVM whose last other thread ends meanwhile would exit with 0
	 */
	private static void start(String name, Runnable action, boolean exits) {
		Thread thread = new Thread(action, name);
		thread.setDaemon(!exits);
		thread.start();
	}

}
