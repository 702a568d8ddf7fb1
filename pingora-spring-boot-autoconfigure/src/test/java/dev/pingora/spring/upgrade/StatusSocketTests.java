package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StatusSocket} and {@link StatusSockets}.
 */
@Timeout(60)
class StatusSocketTests {

	@TempDir
	private Path directory;

	@Test
	void everyProcessAnswersForItsOwnerOnly() throws IOException {
		try (StatusSocket first = open(1, "one"); StatusSocket second = open(2, "two")) {
			await().untilAsserted(() -> assertThat(StatusSockets.ask(socket())).containsExactly("one", "two"));
			assertThat(Files.getPosixFilePermissions(first.path()))
				.isEqualTo(PosixFilePermissions.fromString("rw-------"));
			assertThat(second.path()).exists();
		}
		assertThat(this.directory).isEmptyDirectory();
		assertThat(StatusSockets.ask(socket())).isEmpty();
	}

	@Test
	void onlyOlderOnesAreAskedOnRequest() throws IOException {
		AtomicInteger asked = new AtomicInteger();
		try (StatusSocket first = open(1, "one");
				StatusSocket second = StatusSocket.open(socket(), 2, () -> "two" + asked.incrementAndGet(), (order) -> {
				})) {
			await().until(() -> Files.exists(first.path()) && Files.exists(second.path()));
			await().until(() -> StatusSockets.ask(socket(), 2).equals(List.of("one")));
			assertThat(asked).hasValue(0);
			assertThat(StatusSockets.ask(socket(), 3)).containsExactly("one", "two1");
		}
	}

	@Test
	void whatAKilledProcessHasLeftBehindIsRemoved() throws IOException {
		Path stale = this.directory.resolve("upgrade.sock.%d-1".formatted(Integer.MAX_VALUE));
		Path other = this.directory.resolve("upgrade.sock.lock");
		Files.createFile(stale);
		Files.createFile(other);
		assertThat(StatusSockets.ask(socket())).isEmpty();
		assertThat(stale).doesNotExist();
		assertThat(other).exists();
	}

	@Test
	void processThatHangsIsLeftOut() throws IOException {
		Path silent = this.directory.resolve("upgrade.sock.%d-9".formatted(ProcessHandle.current().pid()));
		try (AFUNIXServerSocket hanging = AFUNIXServerSocket.bindOn(AFUNIXSocketAddress.of(silent));
				StatusSocket alive = open(1, "one")) {
			await().until(() -> Files.exists(alive.path()));
			assertThat(hanging.isBound()).isTrue();
			await().atMost(Duration.ofSeconds(20)).until(() -> StatusSockets.ask(socket()).equals(List.of("one")));
		}
	}

	@Test
	void orderOfATrustedProcessIsHeardAndNothingElse() throws IOException {
		List<String> orders = new CopyOnWriteArrayList<>();
		try (StatusSocket told = StatusSocket.open(socket(), 1, () -> "one", orders::add)) {
			await().until(() -> Files.exists(told.path()));
			await().until(() -> StatusSockets.ask(socket()).equals(List.of("one")));
			assertThat(StatusSockets.tell(socket(), ProcessHandle.current().pid(), 1, "CUT_OFF why")).isTrue();
			await().until(() -> orders.equals(List.of("CUT_OFF why")));
			// The rest of what is too long is never read, so that the answer may be lost
			// in a reset.
			StatusSockets.tell(socket(), ProcessHandle.current().pid(), 1, "x".repeat(1000));
			assertThat(StatusSockets.ask(socket())).containsExactly("one");
			assertThat(orders).hasSize(1);
			assertThat(StatusSockets.tell(socket(), ProcessHandle.current().pid(), 2, "CUT_OFF why")).isFalse();
		}
	}

	@Test
	void peerThatStaysSilentDoesNotKeepOthersFromAnAnswer() throws IOException {
		try (StatusSocket told = open(1, "one")) {
			await().until(() -> Files.exists(told.path()));
			try (AFUNIXSocket silent = AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(told.path()))) {
				assertThat(StatusSockets.ask(socket())).containsExactly("one");
				assertThat(silent.isConnected()).isTrue();
			}
		}
	}

	private StatusSocket open(int generation, String status) {
		return StatusSocket.open(socket(), generation, () -> status, (order) -> {
		});
	}

	private UpgradeSocket socket() {
		return new UpgradeSocket(this.directory.resolve("upgrade.sock"), false);
	}

}
