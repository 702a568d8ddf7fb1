package dev.pingora.spring.upgrade;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link UpgradeSocket} and {@link UpgradeServer}: who may be where.
 */
@Timeout(60)
class UpgradeSocketTests {

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@Test
	void socketIsForTheOwnerAloneAndGoesWithTheSuccessor() throws Exception {
		UpgradeSocket inPrivate = new UpgradeSocket(this.upgrade.directory().resolve("private").resolve("a.sock"),
				true);
		try (Predecessor predecessor = Predecessor.listen(inPrivate, UpgradeFixture.TIMEOUTS)) {
			assertThat(Files.getPosixFilePermissions(inPrivate.path()))
				.isEqualTo(PosixFilePermissions.fromString("rw-------"));
			assertThat(Files.getPosixFilePermissions(inPrivate.directory()))
				.isEqualTo(PosixFilePermissions.fromString("rwx------"));
			assertThat(predecessor.generation()).isEqualTo(1);
		}
		assertThat(inPrivate.path()).doesNotExist();
	}

	@Test
	void directoryThatOthersMayUseIsRefused() throws Exception {
		Path open = Files.createDirectory(this.upgrade.directory().resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(
					() -> Predecessor.listen(new UpgradeSocket(open.resolve("a.sock"), true), UpgradeFixture.TIMEOUTS))
			.withMessageContaining("is not private");
		Path link = Files.createSymbolicLink(this.upgrade.directory().resolve("link"), open);
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(
					() -> Predecessor.listen(new UpgradeSocket(link.resolve("a.sock"), true), UpgradeFixture.TIMEOUTS))
			.withMessageContaining("is not private");
	}

	@Test
	void fileAtThePathIsRefusedAndLeftAlone() throws Exception {
		Files.writeString(this.upgrade.socket().path(), "precious");
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(() -> Predecessor.listen(this.upgrade.socket(), UpgradeFixture.TIMEOUTS))
			.withMessageContaining("exists and is not a socket");
		assertThat(this.upgrade.socket().path()).hasContent("precious");
	}

	@Test
	void missingDirectoryIsNamed() {
		UpgradeSocket nowhere = new UpgradeSocket(this.upgrade.directory().resolve("none").resolve("a.sock"), false);
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(() -> Predecessor.listen(nowhere, UpgradeFixture.TIMEOUTS))
			.withMessageContaining("'pingora.upgrade.sock' does not exist");
	}

	@Test
	void removedSocketIsNoRiddle() throws Exception {
		try (UpgradeServer server = UpgradeServer.open(this.upgrade.socket())) {
			Files.delete(this.upgrade.socket().path());
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> server.accept(Duration.ofSeconds(1)))
				.withMessageContaining("No predecessor handed over to '" + this.upgrade.socket().path());
		}
	}

	@Test
	void secondSuccessorIsRefused() {
		try (Predecessor first = Predecessor.listen(this.upgrade.socket(), UpgradeFixture.TIMEOUTS)) {
			assertThatExceptionOfType(UpgradeException.class)
				.isThrownBy(() -> Predecessor.listen(this.upgrade.socket(), UpgradeFixture.TIMEOUTS))
				.withMessageContaining("Another successor waits");
			assertThat(first.generation()).isEqualTo(1);
			assertThat(this.upgrade.socket().path()).exists();
		}
	}

	@Test
	void linksAtThePathsAreRefusedAndTheirTargetsLeftAlone() throws Exception {
		Path precious = Files.writeString(this.upgrade.directory().resolve("precious"), "precious");
		Path path = this.upgrade.socket().path();
		Files.createSymbolicLink(path, precious);
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(this.upgrade::listen)
			.withMessageContaining("exists and is not a socket");
		Files.delete(path);
		Files.createSymbolicLink(path.resolveSibling(path.getFileName() + ".lock"), precious);
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(this.upgrade::listen)
			.withMessageContaining("Cannot listen");
		assertThat(precious).hasContent("precious");
	}

}
