package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Vacancy}.
 */
class VacancyTests {

	@TempDir
	private Path directory;

	@Test
	void portIsFreeUntilSomebodyListens() throws IOException {
		ListenAddress address;
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			address = ListenAddress.parse("127.0.0.1:" + server.getLocalPort());
			assertThat(Vacancy.of(address)).isFalse();
		}
		assertThat(Vacancy.of(address)).isTrue();
		assertThat(Vacancy.of(address)).isTrue();
	}

	@Test
	void addressOfAnotherMachineIsRefused() {
		assertThatExceptionOfType(ListenException.class)
			.isThrownBy(() -> Vacancy.of(ListenAddress.parse("192.0.2.1:6188")))
			.withMessageContaining("192.0.2.1:6188");
	}

	@Test
	void pathIsFreeUntilSomebodyListensAndNothingIsLeftThere() throws IOException {
		Path path = this.directory.resolve("a.sock");
		assertThat(Vacancy.of(new UnixAddress(path))).isTrue();
		assertThat(path).doesNotExist();
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
			server.configureBlocking(false);
			assertThat(Vacancy.of(new UnixAddress(path))).isFalse();
			assertThat(server.accept()).isNull();
		}
		assertThat(Vacancy.of(new UnixAddress(path))).isTrue();
	}

	@Test
	void pathThatIsNoSocketOrHasNoDirectoryIsRefused() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(ListenException.class).isThrownBy(() -> Vacancy.of(new UnixAddress(file)))
			.withMessageContaining("is not a socket");
		assertThatExceptionOfType(ListenException.class)
			.isThrownBy(() -> Vacancy.of(new UnixAddress(this.directory.resolve("none").resolve("a.sock"))))
			.withMessageContaining("does not exist");
	}

}
