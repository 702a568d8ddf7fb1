package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What systemd hears and hands out, with its own protocol and its own tools.
 */
class SystemdEndToEndTests {

	private static final Path SOCKET_ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");

	private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void systemdHearsOfEveryPhaseAndOfTheSuccessorBeforeThePredecessorLeaves() {
		try (NotifySocket systemd = new NotifySocket(this.processes.directory().resolve("notify"))) {
			SampleProcess first = start(systemd).awaitRunning();
			SampleProcess second = start(systemd, "-u").awaitLog("Waiting for the predecessor");
			first.signal("QUIT");
			assertThat(first.awaitExit()).isZero();
			systemd.await("MAINPID=%d\nSTATUS=Process".formatted(second.pid()));
			assertThat(second.signal("TERM").awaitExit()).isEqualTo(143);
			systemd.await("STATUS=Terminated");
			List<String> heard = systemd.datagrams();
			heard.forEach((datagram) -> System.out.println(datagram.replace("\n", " | ")));
			assertThat(withoutOrder(heard, first, second)).containsSubsequence("STATUS=Starting", "STATUS=Prepared",
					"READY=1\nMAINPID=first\nSTATUS=Serving on 4 listeners, generation 1",
					"RELOADING=1\nMONOTONIC_USEC=n\nSTATUS=Handing over to a successor",
					"READY=1\nMAINPID=second\nSTATUS=Serving on 4 listeners, generation 2",
					"READY=1\nMAINPID=second\nSTATUS=Process second serves, process first drains",
					"STOPPING=1\nEXTEND_TIMEOUT_USEC=90000000\nSTATUS=Draining", "STOPPING=1\nSTATUS=Terminated");
			assertThat(heard).filteredOn((datagram) -> datagram.startsWith("STOPPING")).hasSize(2);
		}
	}

	private static List<String> withoutOrder(List<String> heard, SampleProcess first, SampleProcess second) {
		return heard.stream()
			.map((datagram) -> datagram.replace(Long.toString(first.pid()), "first")
				.replace(Long.toString(second.pid()), "second")
				.replaceAll("MONOTONIC_USEC=\\d+", "MONOTONIC_USEC=n"))
			.toList();
	}

	@Test
	void failedHandOverEndsTheReload() {
		try (NotifySocket systemd = new NotifySocket(this.processes.directory().resolve("notify"))) {
			SampleProcess server = start(systemd, "--pingora.upgrade.connect-timeout=100ms").awaitRunning();
			server.signal("QUIT").awaitLog("Upgrade failed").signal("INT");
			assertThat(server.awaitExit()).isEqualTo(130);
			assertThat(withoutOrder(systemd.await("STATUS=Terminated").datagrams(), server, server))
				.containsSubsequence("RELOADING=1\nMONOTONIC_USEC=n\nSTATUS=Handing over to a successor",
						"READY=1\nMAINPID=first\nSTATUS=Serving on 4 listeners, generation 1",
						"STOPPING=1\nSTATUS=Terminated");
		}
	}

	private SampleProcess start(NotifySocket systemd, String... arguments) {
		List<String> command = new ArrayList<>(List.of("env", "NOTIFY_SOCKET=" + systemd.address()));
		command.addAll(SampleProcess.jar(List.of(), this.processes.arguments(arguments)));
		return this.processes.run(command);
	}

	@Test
	void socketOfSystemdIsClaimedAndOutlivesTheProcess() throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(SOCKET_ACTIVATE), "systemd-socket-activate is not installed");
		int port = FreePort.find();
		Path unix = this.processes.directory().resolve("app.sock");
		List<String> command = new ArrayList<>(List.of(SOCKET_ACTIVATE.toString(), "--listen=127.0.0.1:" + port,
				"--listen=" + unix, "--fdname=http:unix"));
		command.addAll(SampleProcess.jar(List.of(), this.processes
			.arguments("--pingora.services.echo.listeners=127.0.0.1:%d,unix:%s".formatted(port, unix))));
		SampleProcess server = this.processes.run(command).awaitLog("Listening on " + unix);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try (StrictConnection first = new StrictConnection(address, Duration.ofSeconds(60))) {
			assertThat(first.get("/").pid()).isEqualTo(server.pid());
		}
		assertThat(server.log()).contains("Started with 2 listening sockets")
			.contains("Listening on 127.0.0.1:%d (echo), inherited".formatted(port))
			.contains("Listening on %s (echo), inherited".formatted(unix));
		assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
		assertThat(unix).as("belongs to systemd").exists();
	}

	@Test
	void unitsAreValid() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(ANALYZE), "systemd-analyze is not installed");
		List<String> command = new ArrayList<>(List.of(ANALYZE.toString(), "verify", "--man=no"));
		try (Stream<Path> units = Files.list(Path.of("systemd"))) {
			units.sorted().map(Path::toString).forEach(command::add);
		}
		assertThat(command).hasSizeGreaterThan(6);
		Process analyze = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(analyze.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(analyze.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(output.lines().filter((line) -> line.contains("sample-app") && !line.contains("not executable")))
			.as(output)
			.isEmpty();
	}

}
