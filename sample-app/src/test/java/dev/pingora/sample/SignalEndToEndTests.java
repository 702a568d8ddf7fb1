package dev.pingora.sample;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What signals do to a real process, and how it ends.
 */
class SignalEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void interruptExitsAtOnceAndInterruptsRequestsInFlight() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.send("GET", "/slow/20000", null);
			server.signal("INT");
			assertThatExceptionOfType(IOException.class).isThrownBy(connection::receive);
			assertThat(server.awaitExit()).isEqualTo(130);
		}
	}

	@Test
	void interruptWorksWhereTheProcessWasStartedToIgnoreIt() {
		List<String> command = new ArrayList<>(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
		command.addAll(SampleProcess.jar(List.of(), this.processes.arguments()));
		SampleProcess server = this.processes.run(command).awaitRunning();
		assertThat(server.signal("INT").awaitExit()).isEqualTo(130);
	}

	@Test
	void terminationLetsRequestsFinishAndRefusesNewConnectionsHoweverOftenItIsAskedFor() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.send("GET", "/slow/2000", null);
			server.signal("TERM").awaitLog("Draining 1 connections");
			server.signal("TERM").awaitLog("The server is in phase DRAINING already");
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> server.connect("echo", TIMEOUT));
			assertThat(connection.receive().status()).isEqualTo(200);
			assertThat(server.awaitExit()).isEqualTo(143);
			assertThat(server.log()).contains("Drained in").contains("Phase TERMINATED");
		}
	}

	@Test
	void idleConnectionIsServedOnceMoreWhileTheServerDrains() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection idle = server.connect("echo", TIMEOUT);
				StrictConnection busy = server.connect("echo", TIMEOUT)) {
			assertThat(idle.get("/").headers()).doesNotContainKey("Connection");
			busy.send("GET", "/slow/2000", null);
			server.signal("TERM").awaitLog("Draining 2 connections");
			assertThat(idle.post("/echo", "still here").body()).isEqualTo("still here");
			assertThat(idle.isReusable()).isFalse();
			assertThat(idle.isAtEnd()).isTrue();
			assertThat(busy.receive().status()).isEqualTo(200);
			assertThat(server.awaitExit()).isEqualTo(143);
		}
	}

	@Test
	void pipelinedRequestsAreAllAnswered() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			assertThat(connection.get("/").status()).isEqualTo(200);
			connection.send("GET", "/slow/2000", null);
			connection.send("GET", "/", null);
			connection.send("POST", "/echo", "third");
			server.signal("TERM").awaitLog("Draining 1 connections");
			assertThat(connection.receive().status()).isEqualTo(200);
			assertThat(connection.receive().status()).isEqualTo(200);
			assertThat(connection.receive().body()).isEqualTo("third");
			assertThat(connection.isAtEnd()).isTrue();
			assertThat(server.awaitExit()).isEqualTo(143);
		}
	}

	@Test
	void uploadUnderWayIsFinished() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n", (byte) 'a',
					(byte) 'b', (byte) 'c');
			await().atMost(TIMEOUT).until(() -> server.isAlive());
			server.signal("TERM").awaitLog("Draining 1 connections");
			connection.sendRaw("def");
			assertThat(connection.receive().body()).isEqualTo("abcdef");
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@Test
	void deadlineCutsOffAndCountsWhatIsLeft() throws IOException {
		SampleProcess server = this.processes.start("--pingora.shutdown.grace-period=500ms").awaitRunning();
		try (StrictConnection busy = server.connect("echo", TIMEOUT);
				StrictConnection idle = server.connect("echo", TIMEOUT)) {
			busy.send("GET", "/slow/20000", null);
			assertThat(idle.get("/").status()).isEqualTo(200);
			assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
			assertThat(server.log())
				.contains("The deadline of the drain (0.5 s) is over: closed 1 idle connections, cut off 1 busy ones: "
						+ "1 on 127.0.0.1:%d (echo)".formatted(server.port("echo")));
		}
	}

	@Test
	void interruptEndsADrain() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.send("GET", "/slow/20000", null);
			server.signal("TERM").awaitLog("Draining").signal("INT");
			assertThat(server.awaitExit()).isEqualTo(130);
		}
	}

	@Test
	void jvmThatLeavesSignalsAloneIsRefusedWithTheReason() {
		SampleProcess server = this.processes.start(List.of("-Xrs"));
		assertThat(server.awaitExit()).isEqualTo(1);
		assertThat(server.log()).contains("APPLICATION FAILED TO START")
			.contains("'-Xrs'")
			.contains("pingora.signals.enabled=false");
	}

	@Test
	void anotherSignalCanUpgrade() {
		SampleProcess server = this.processes
			.start("--pingora.signals.upgrade=HUP", "--pingora.upgrade.connect-timeout=200ms")
			.awaitRunning();
		server.signal("HUP").awaitLog("No successor listens").signal("TERM");
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@Test
	void quitIsHeardThroughFlightRecorderWhereNativeCodeCannotBeLoaded() {
		SampleProcess server = this.processes
			.start(List.of("-Djna.nosys=true", "-Djna.noclasspath=true"), "--pingora.upgrade.connect-timeout=200ms")
			.awaitRunning();
		server.awaitLog("SIGQUIT is heard through Flight Recorder").signal("QUIT").awaitLog("No successor listens");
		assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
	}

	@Test
	void portInUseFailsTheStartAndNamesItsOwner() {
		SampleProcess owner = this.processes.start().awaitRunning();
		SampleProcess late = this.processes.start("--pingora.services.echo.listeners=127.0.0.1:" + owner.port("echo"));
		assertThat(late.awaitExit()).isEqualTo(1);
		assertThat(late.log()).contains("APPLICATION FAILED TO START")
			.contains("the address is in use by process " + owner.pid());
	}

}
