package dev.pingora.spring.process;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Supervisor} and {@link Watchdog}, which talk to a real socket.
 */
@Timeout(60)
class SupervisorTests {

	private static final String PID = Long.toString(ProcessHandle.current().pid());

	@TempDir
	private Path directory;

	@Test
	void supervisorAtAPathHearsTheExactDatagram() throws IOException {
		Path path = this.directory.resolve("notify");
		try (AFUNIXDatagramSocket socket = bind(AFUNIXSocketAddress.of(path))) {
			Supervisor.of(Map.of("NOTIFY_SOCKET", path.toString())).say("READY=1", "STATUS=Grüße");
			assertThat(receive(socket)).isEqualTo("READY=1\nSTATUS=Grüße");
		}
	}

	@Test
	void supervisorInTheAbstractNamespaceHearsToo() throws IOException {
		String name = "pingora-test-" + PID + "-" + System.nanoTime();
		try (AFUNIXDatagramSocket socket = bind(AFUNIXSocketAddress.inAbstractNamespace(name))) {
			Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", "@" + name));
			assertThat(supervisor.isPresent()).isTrue();
			supervisor.say("STOPPING=1");
			assertThat(receive(socket)).isEqualTo("STOPPING=1");
		}
	}

	@Test
	void nobodyAndSomebodyWhoIsGoneAreNoProblem() {
		assertThat(Supervisor.of(Map.of()).isPresent()).isFalse();
		assertThat(Supervisor.of(Map.of("NOTIFY_SOCKET", "vsock:2:1")).isPresent()).isFalse();
		assertThatNoException().isThrownBy(() -> Supervisor.of(Map.of()).say("READY=1"));
		assertThatNoException().isThrownBy(
				() -> Supervisor.of(Map.of("NOTIFY_SOCKET", this.directory.resolve("none").toString())).say("READY=1"));
	}

	@Test
	void watchdogIsMeantForThisProcessOrForNobodyElse() {
		assertThat(watchdog("500000", null)).contains(Duration.ofMillis(500));
		assertThat(watchdog("500000", PID)).contains(Duration.ofMillis(500));
		assertThat(watchdog("500000", "1")).isEmpty();
		assertThat(watchdog("0", null)).isEmpty();
		assertThat(watchdog("often", null)).isEmpty();
	}

	private static Optional<Duration> watchdog(String micros, String pid) {
		Map<String, String> environment = (pid != null)
				? Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", micros, "WATCHDOG_PID", pid)
				: Map.of("NOTIFY_SOCKET", "/run/x", "WATCHDOG_USEC", micros);
		return Supervisor.of(environment).watchdog();
	}

	@Test
	void watchedProcessSaysThatItIsAliveUntilItIsStopped() throws IOException {
		Path path = this.directory.resolve("notify");
		try (AFUNIXDatagramSocket socket = bind(AFUNIXSocketAddress.of(path))) {
			Watchdog watchdog = new Watchdog(
					Supervisor.of(Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", "200000")));
			long begin = System.nanoTime();
			watchdog.start();
			for (int i = 0; i < 4; i++) {
				assertThat(receive(socket)).isEqualTo("WATCHDOG=1");
			}
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(299));
			watchdog.stop();
		}
	}

	private static AFUNIXDatagramSocket bind(AFUNIXSocketAddress address) throws IOException {
		AFUNIXDatagramSocket socket = AFUNIXDatagramSocket.newInstance();
		socket.bind(address);
		return socket;
	}

	private static String receive(AFUNIXDatagramSocket socket) throws IOException {
		DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
		socket.receive(packet);
		return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
	}

}
