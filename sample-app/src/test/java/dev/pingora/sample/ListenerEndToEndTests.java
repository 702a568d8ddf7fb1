package dev.pingora.sample;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import dev.pingora.broken.FailingRunner;
import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Listeners of every kind, over an upgrade of real processes.
 */
class ListenerEndToEndTests {

	private static final String ECHO = "--pingora.services.echo.listeners=";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void unixSocketIsHandedOverAndGoesWithItsLastOwner() throws IOException {
		Path path = this.processes.directory().resolve("app.sock");
		SampleProcess first = this.processes.start(ECHO + "unix:" + path).awaitRunning();
		assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rw-rw-rw-"));
		assertThat(getOver(path)).contains("\"generation\":1");
		SampleProcess second = upgrade(first, ECHO + "unix:" + path);
		assertThat(second.log()).contains("Listening on " + path + " (echo), inherited");
		assertThat(getOver(path)).contains("\"generation\":2");
		assertThat(second.signal("TERM").awaitExit()).isEqualTo(143);
		assertThat(path).doesNotExist();
	}

	@Test
	void unixSocketStaysWhenTheSuccessorFails() throws IOException {
		Path path = this.processes.directory().resolve("app.sock");
		SampleProcess server = this.processes.start(ECHO + "unix:" + path).awaitRunning();
		SampleProcess broken = this.processes.startWith(FailingRunner.class, "-u", ECHO + "unix:" + path);
		server.signal("QUIT").awaitLog("Upgrade failed, this process goes on serving");
		assertThat(broken.awaitExit()).isEqualTo(1);
		assertThat(broken.log()).contains("Listening on " + path + " (echo), inherited");
		assertThat(getOver(path)).contains("\"generation\":1");
	}

	@Test
	void unixSocketGoesWithAnInterruptToo() {
		Path path = this.processes.directory().resolve("app.sock");
		SampleProcess server = this.processes.start(ECHO + "unix:" + path).awaitRunning();
		assertThat(server.signal("INT").awaitExit()).isEqualTo(130);
		assertThat(path).doesNotExist();
	}

	@Test
	void ipv6IsHandedOver() throws IOException {
		SampleProcess first = this.processes.start(ECHO + "[::1]:0").awaitRunning();
		SampleProcess second = upgrade(first, ECHO + "[::1]:0");
		assertThat(second.log()).contains("Listening on [::1]:%d (echo), inherited".formatted(first.port("echo")));
		InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName("::1")[0], second.port("echo"));
		try (StrictConnection connection = new StrictConnection(address, Duration.ofSeconds(30))) {
			assertThat(connection.get("/").pid()).isEqualTo(second.pid());
		}
	}

	@Test
	void dualStackWildcardServesBothFamilies() throws IOException {
		SampleProcess server = this.processes.start(ECHO + "[::]:0").awaitRunning();
		for (String host : List.of("127.0.0.1", "::1")) {
			InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName(host)[0], server.port("echo"));
			try (StrictConnection connection = new StrictConnection(address, Duration.ofSeconds(30))) {
				assertThat(connection.get("/").status()).isEqualTo(200);
			}
		}
	}

	@Test
	void successorAddsOneListenerAndRemovesAnother() throws IOException {
		int kept = FreePort.find();
		int removed = FreePort.find();
		int added = FreePort.find();
		Path path = this.processes.directory().resolve("removed.sock");
		SampleProcess first = this.processes
			.start(ECHO + "127.0.0.1:%d,127.0.0.1:%d,unix:%s".formatted(kept, removed, path))
			.awaitRunning();
		SampleProcess second = upgrade(first, ECHO + "127.0.0.1:%d,127.0.0.1:%d".formatted(kept, added));
		assertThat(second.log()).contains("Listening on 127.0.0.1:%d (echo), inherited".formatted(kept))
			.contains("Listening on 127.0.0.1:%d (echo)\n".formatted(added))
			.contains("Closed 127.0.0.1:%d, which is inherited and no longer configured".formatted(removed));
		assertThat(get(kept)).isEqualTo(second.pid());
		assertThat(get(added)).isEqualTo(second.pid());
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get(removed));
		assertThat(path).doesNotExist();
	}

	@Test
	void tcpDialogueIsFinishedByThePredecessor() throws IOException {
		SampleProcess first = this.processes.start().awaitRunning();
		try (Socket dialogue = new Socket(InetAddress.getLoopbackAddress(), first.port("tcp-echo"))) {
			assertThat(say(dialogue, "before")).isEqualTo("before");
			SampleProcess second = this.processes.start("-u").awaitLog("Waiting for the predecessor");
			first.signal("QUIT").awaitLog("Phase DRAINING");
			assertThat(say(dialogue, "during")).isEqualTo("during");
			dialogue.shutdownOutput();
			assertThat(first.awaitExit()).isZero();
			try (Socket next = new Socket(InetAddress.getLoopbackAddress(), second.port("tcp-echo"))) {
				assertThat(say(next, "after")).isEqualTo("after");
			}
		}
	}

	@Test
	void servicesRunOnNioWithoutUpgrades() throws IOException {
		List<String> nio = List.of("-Dreactor.netty.native=false");
		SampleProcess server = this.processes.start(nio).awaitRunning();
		assertThat(server.log()).contains("Upgrades need Linux with native epoll");
		assertThat(get(server.port("echo"))).isEqualTo(server.pid());
		server.signal("QUIT").awaitLog("Upgrade refused: it needs Linux with native epoll");
		SampleProcess successor = this.processes.start(nio, "-u");
		assertThat(successor.awaitExit()).isEqualTo(1);
		assertThat(successor.log()).contains("Taking over from a running server needs Linux");
		assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
	}

	private SampleProcess upgrade(SampleProcess current, String argument) {
		SampleProcess successor = this.processes.start("-u", argument).awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	private static long get(int port) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try (StrictConnection connection = new StrictConnection(address, Duration.ofSeconds(30))) {
			return connection.get("/").pid();
		}
	}

	private static String getOver(Path path) throws IOException {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(path));
			channel.write(StandardCharsets.US_ASCII.encode("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
			ByteBuffer response = ByteBuffer.allocate(4096);
			while (channel.read(response) >= 0) {
				assertThat(response.hasRemaining()).isTrue();
			}
			return StandardCharsets.US_ASCII.decode(response.flip()).toString();
		}
	}

	private static String say(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII);
	}

}
