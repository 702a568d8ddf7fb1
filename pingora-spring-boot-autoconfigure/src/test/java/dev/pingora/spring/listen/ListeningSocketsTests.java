package dev.pingora.spring.listen;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ListeningSockets} with real sockets.
 */
class ListeningSocketsTests {

	private static final ListenAddress ANY = ListenAddress.parse("127.0.0.1:0");

	@TempDir
	private Path directory;

	@Test
	void socketThatWasNotInheritedIsOpened() {
		ListeningSocket socket = open(ANY);
		try {
			assertThat(socket.inherited()).isFalse();
			assertThat(((TcpAddress) socket.address()).port()).isPositive();
			assertThat(new InheritedSocket("", socket.descriptor()).isListening()).isTrue();
		}
		finally {
			close(socket);
		}
	}

	@Test
	void inheritedSocketIsRecognisedByWhatTheKernelSaysAndNotByItsName() {
		ListeningSocket first = open(ANY);
		ListeningSocket second = open(ANY);
		ListeningSockets sockets = new ListeningSockets(
				List.of(inherit("10.0.0.1:1", first), inherit("10.0.0.2:2", second)));
		try {
			ListeningSocket claimed = sockets.claim(second.address(), SocketOptions.DEFAULT);
			assertThat(claimed.inherited()).isTrue();
			assertThat(claimed.descriptor()).isEqualTo(second.descriptor());
			assertThat(sockets.closeUnclaimed()).extracting(InheritedSocket::descriptor)
				.containsExactly(first.descriptor());
			assertThat(inherit("", first).isListening()).isFalse();
		}
		finally {
			close(second);
		}
	}

	@Test
	void anyPortClaimsTheInheritedSocketsThatWereConfiguredSoInTheirOrder() {
		ListeningSocket first = open(ANY);
		ListeningSocket second = open(ANY);
		ListeningSockets sockets = new ListeningSockets(
				List.of(inherit("127.0.0.1:0", first), inherit("127.0.0.1:0", second)));
		try {
			assertThat(sockets.claim(ANY, SocketOptions.DEFAULT).address()).isEqualTo(first.address());
			assertThat(sockets.claim(ANY, SocketOptions.DEFAULT).address()).isEqualTo(second.address());
		}
		finally {
			close(first);
			close(second);
		}
	}

	@Test
	void addressInUseIsReported() {
		ListeningSocket taken = open(ANY);
		try {
			assertThatExceptionOfType(ListenException.class).isThrownBy(() -> open(taken.address()))
				.satisfies((ex) -> assertThat(ex.isAddressInUse()).isTrue());
		}
		finally {
			close(taken);
		}
	}

	@Test
	void unixSocketHasThePermissionsOfThePath() throws Exception {
		UnixAddress address = new UnixAddress(this.directory.resolve("a.sock"));
		ListeningSocket socket = open(address);
		try {
			assertThat(socket.address()).isEqualTo(address);
			assertThat(Files.getPosixFilePermissions(address.path()))
				.isEqualTo(PosixFilePermissions.fromString("rw-rw-rw-"));
		}
		finally {
			close(socket);
		}
	}

	@Test
	void unixSocketThatAKilledProcessLeftBehindIsReplaced() {
		UnixAddress address = new UnixAddress(this.directory.resolve("a.sock"));
		close(open(address));
		assertThat(address.path()).exists();
		close(open(address));
	}

	@Test
	void unixSocketThatIsServedIsInUse() {
		UnixAddress address = new UnixAddress(this.directory.resolve("a.sock"));
		ListeningSocket served = open(address);
		try {
			assertThatExceptionOfType(ListenException.class).isThrownBy(() -> open(address))
				.satisfies((ex) -> assertThat(ex.isAddressInUse()).isTrue());
		}
		finally {
			close(served);
		}
	}

	@Test
	void fileThatIsNoSocketIsLeftAlone() throws Exception {
		UnixAddress address = new UnixAddress(Files.createFile(this.directory.resolve("a.sock")));
		assertThatExceptionOfType(ListenException.class).isThrownBy(() -> open(address))
			.withMessageContaining("is not a socket");
		assertThat(address.path()).exists();
	}

	@Test
	void descriptorOfAFileDoesNotListen() throws Exception {
		try (RandomAccessFile file = new RandomAccessFile(Files.createFile(this.directory.resolve("f")).toFile(),
				"r")) {
			int descriptor = descriptorOf(this.directory.resolve("f"));
			assertThat(file.getFD().valid()).isTrue();
			assertThat(new InheritedSocket("f", descriptor).isListening()).isFalse();
		}
	}

	private static int descriptorOf(Path target) throws Exception {
		try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
			return links.filter((link) -> isLinkTo(link, target))
				.mapToInt((link) -> Integer.parseInt(link.getFileName().toString()))
				.findFirst()
				.orElseThrow();
		}
	}

	private static boolean isLinkTo(Path link, Path target) {
		try {
			return Files.readSymbolicLink(link).equals(target.toRealPath());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static ListeningSocket open(ListenAddress address) {
		return new ListeningSockets(List.of()).claim(address, SocketOptions.DEFAULT);
	}

	private static InheritedSocket inherit(String name, ListeningSocket socket) {
		return new InheritedSocket(name, socket.descriptor());
	}

	private static void close(ListeningSocket socket) {
		Descriptors.close(socket.descriptor());
	}

}
