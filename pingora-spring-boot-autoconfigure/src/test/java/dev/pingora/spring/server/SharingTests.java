package dev.pingora.spring.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.Connections;
import dev.pingora.spring.listen.Listener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A predecessor and a successor that both serve for a while, in one JVM.
 */
@Timeout(60)
class SharingTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@TempDir
	private Path directory;

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	private PingoraServer first;

	private PingoraServer second;

	@AfterEach
	void stop() {
		if (this.second != null) {
			this.second.interrupt();
		}
		if (this.first != null) {
			this.first.interrupt();
		}
	}

	@Test
	void predecessorLeavesItsTrafficBitByBit() throws Exception {
		ServerPair pair = begin(Duration.ofSeconds(1));
		try (Socket idle = served()) {
			upgradeUntilBothServe(pair);
			assertThat(idle.isClosed()).isFalse();
			DrainReport report = this.first.drain();
			assertThat(report.sharing().until()).isAfter(report.begun());
			while (this.first.phase() == ExecutionPhase.SHARING) {
				assertThat(ServerPair.get(ServerPair.connect(this.first))).endsWith("hello");
			}
			await().until(() -> this.first.drain().sharing() == null);
			assertThat(this.first.drain().active()).isEqualTo(1);
			assertThat(connections(this.first).accepted()).isGreaterThan(1);
			assertThat(connections(this.second).accepted()).isPositive();
		}
		assertThat(this.exit.get(20, TimeUnit.SECONDS)).isZero();
	}

	@Test
	void successorAcceptsNothingBeforeItsTurn() throws Exception {
		ServerPair pair = begin(LONG);
		try (Socket idle = served()) {
			CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(this::askUntilBothServe);
			upgrade(pair);
			assertThat(asked.get(20, TimeUnit.SECONDS)).isPositive();
			assertThat(idle.isClosed()).isFalse();
			assertThat(connections(this.second).accepted()).isZero();
		}
	}

	/**
	 * Ask again and again, each time over a connection of its own.
	 */
	private int askUntilBothServe() {
		int asked = 0;
		for (boolean last = false; !last; asked++) {
			last = this.first.phase() == ExecutionPhase.SHARING;
			try {
				assertThat(ServerPair.get(ServerPair.connect(this.first))).endsWith("hello");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return asked;
	}

	@Test
	void idleServerLeavesAtOnce() throws Exception {
		upgrade(begin(LONG));
		assertThat(this.exit.get(5, TimeUnit.SECONDS)).isZero();
	}

	@Test
	void sharingEndsWithTheOnlyConnection() throws Exception {
		ServerPair pair = begin(LONG);
		try (Socket idle = served()) {
			upgradeUntilBothServe(pair);
			assertThat(idle.isClosed()).isFalse();
		}
		assertThat(this.exit.get(5, TimeUnit.SECONDS)).isZero();
	}

	@Test
	void predecessorThatIsToldToTerminateAcceptsNoMore() throws Exception {
		ServerPair pair = begin(LONG);
		try (Socket idle = served()) {
			upgradeUntilBothServe(pair);
			assertThat(idle.isClosed()).isFalse();
			this.first.terminate(143);
			await().until(() -> connections(this.first).isDraining());
			assertThat(this.first.phase()).isEqualTo(ExecutionPhase.DRAINING);
			onlyTheSecondAccepts();
		}
		assertThat(this.exit.get(20, TimeUnit.SECONDS)).isZero();
	}

	@Test
	void successorThatIsToldToTerminateServesWhatWaitsBehindItsDoor() throws Exception {
		ServerPair pair = begin(LONG);
		try (Socket idle = served()) {
			upgradeUntilBothServe(pair);
			assertThat(idle.isClosed()).isFalse();
			closeDoorOfPredecessor();
			Socket waiting = ServerPair.connect(this.second);
			new Thread(() -> this.second.terminate(143), "terminate").start();
			assertThat(ServerPair.get(waiting)).endsWith("hello");
			assertThat(connections(this.second).accepted()).isEqualTo(1);
		}
	}

	@Test
	void successorThatHandsOverInTurnEndsTheSharingOfItsPredecessor() throws Exception {
		ServerPair pair = begin(LONG);
		PingoraServer third = null;
		try (Socket idle = served()) {
			upgradeUntilBothServe(pair);
			assertThat(idle.isClosed()).isFalse();
			CompletableFuture<PingoraServer> starting = pair.startSuccessor();
			new Thread(this.second::upgrade, "upgrade-2").start();
			third = starting.get(20, TimeUnit.SECONDS);
			await().until(() -> this.first.phase() == ExecutionPhase.DRAINING);
			assertThat(ServerPair.get(ServerPair.connect(third))).endsWith("hello");
		}
		finally {
			if (third != null) {
				third.interrupt();
			}
		}
		assertThat(this.exit.get(20, TimeUnit.SECONDS)).isZero();
	}

	private ServerPair begin(Duration spread) {
		ServerPair pair = new ServerPair(this.directory, false, LONG, LONG, spread);
		this.first = pair.start(this.exit);
		return pair;
	}

	private void upgrade(ServerPair pair) throws Exception {
		CompletableFuture<PingoraServer> starting = pair.startSuccessor();
		new Thread(this.first::upgrade, "upgrade").start();
		this.second = starting.get(20, TimeUnit.SECONDS);
	}

	private void upgradeUntilBothServe(ServerPair pair) throws Exception {
		upgrade(pair);
		await().until(() -> this.first.phase() == ExecutionPhase.SHARING);
	}

	/**
	 * Close the predecessor's door behind the back of its turns, which have opened it.
	 */
	private void closeDoorOfPredecessor() throws IOException {
		await().until(() -> share() > 0);
		double begun = share();
		await().until(() -> share() > begun);
		Listener listener = this.first.listeners().get(0);
		listener.pause();
		// Let in by the event loop that has closed the door before.
		listener.connectInside().close();
	}

	private double share() {
		DrainReport report = this.first.drain();
		return (report != null && report.sharing() != null) ? report.sharing().share() : 0;
	}

	private void onlyTheSecondAccepts() throws IOException {
		long accepted = connections(this.first).accepted();
		for (int i = 0; i < 50; i++) {
			assertThat(ServerPair.get(ServerPair.connect(this.second))).endsWith("hello");
		}
		assertThat(connections(this.first).accepted()).isEqualTo(accepted);
	}

	private static Connections connections(PingoraServer server) {
		return server.listeners().get(0).connections();
	}

	/**
	 * Return a connection that was served once and stays open.
	 */
	private Socket served() throws IOException {
		Socket socket = ServerPair.connect(this.first);
		socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(socket.getInputStream().read()).isEqualTo('H');
		return socket;
	}

}
