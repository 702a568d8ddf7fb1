package dev.pingora.spring.upgrade;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Tests for what another user of the machine can do in a directory that is open to
 * everybody. They need root, to become that user.
 */
@Timeout(60)
class ForeignUserTests {

	private static final long NOBODY = 65_534;

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@BeforeEach
	void openDirectory() throws Exception {
		assumeTrue(UpgradeSocket.ownUid() == 0, "not root: another user cannot be tried");
		Files.setPosixFilePermissions(this.upgrade.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
	}

	@Test
	void strangerCannotConnect() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen();
				PythonPeer stranger = PythonPeer.start("stranger", this.upgrade.socket(), NOBODY)) {
			assertThat(stranger.output()).containsExactly("PermissionError");
			assertThat(predecessor.hasConnected()).isFalse();
		}
	}

	@Test
	void strangerWhoCouldConnectIsToldNothing() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen()) {
			Files.setPosixFilePermissions(this.upgrade.socket().path(), PosixFilePermissions.fromString("rw-rw-rw-"));
			try (PythonPeer stranger = PythonPeer.start("stranger", this.upgrade.socket(), NOBODY)) {
				assertThat(stranger.output()).singleElement().isIn("b''", "ConnectionResetError", "BrokenPipeError");
			}
			try (Successor successor = this.upgrade.connect(1, "")) {
				successor.handOver(this.upgrade.open(1));
				assertThat(this.upgrade.receive(predecessor)).hasSize(1);
			}
		}
	}

	@Test
	void impostorIsSentNothing() throws Exception {
		try (PythonPeer impostor = PythonPeer.start("impostor", this.upgrade.socket(), NOBODY)) {
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> this.upgrade.connect(1, ""))
				.withMessageContaining("belongs to the user 65534, who is not trusted");
			assertThat(impostor.output()).singleElement().isIn("(b'', [])", "ConnectionResetError", "BrokenPipeError");
		}
	}

	@Test
	void directoryOfAnotherUserIsForThatUserAlone() throws Exception {
		UpgradeSocket given = new UpgradeSocket(this.upgrade.directory().resolve("private").resolve("a.sock"), true,
				NOBODY);
		try (Predecessor predecessor = Predecessor.listen(given, UpgradeFixture.TIMEOUTS)) {
			assertThat(predecessor.hasConnected()).isFalse();
			await().atMost(Duration.ofSeconds(5)).until(() -> owner(given.path()) == NOBODY);
			assertThat(owner(given.directory())).isEqualTo(NOBODY);
			assertThat(Files.getPosixFilePermissions(given.directory()))
				.isEqualTo(PosixFilePermissions.fromString("rwx------"));
		}
	}

	private static long owner(Path path) throws Exception {
		return ((Number) Files.getAttribute(path, "unix:uid")).longValue();
	}

}
