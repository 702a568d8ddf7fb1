package dev.pingora.sample;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The application's own web server and its management port, over upgrades of real
 * processes under a load that never retries.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class WebServerEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int UPGRADES = Integer.getInteger("web.upgrades", 3);

	private static final long REQUESTS = Long.getLong("web.requests", 0);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource
	void everyRequestIsServedThroughSuccessiveUpgrades(WebServerKind kind) {
		SampleProcess current = this.processes.start(kind).awaitRunning();
		try (StrictLoad load = load(current);
				StrictLoad management = new StrictLoad(current.port("management"), "/actuator/health").health()) {
			for (int i = 1; i <= UPGRADES; i++) {
				current = upgrade(current, kind, load);
				awaitServed(load, REQUESTS * i / UPGRADES);
			}
			load.finish();
			management.finish();
			System.out.println(
					kind + System.lineSeparator() + Tally.table(load.tallies()) + Tally.table(management.tallies()));
			assertThat(load.failures()).isEmpty();
			assertThat(management.failures()).isEmpty();
			assertThat(load.tallies()).allMatch((tally) -> tally.served() > 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestInFlightIsAnsweredByThePredecessor(WebServerKind kind) throws IOException {
		SampleProcess predecessor = this.processes.start(kind).awaitRunning();
		try (StrictConnection connection = predecessor.connect("web", TIMEOUT)) {
			SampleProcess successor = this.processes.start(kind, "-u").awaitLog("Waiting for the predecessor");
			connection.send("GET", "/slow/7000", null);
			predecessor.signal("QUIT").awaitLog("Draining ");
			successor.awaitRunning();
			Response response = connection.receive();
			assertThat(response.pid()).isEqualTo(predecessor.pid());
			response = connection.isReusable() ? connection.get("/hello") : response;
			assertThat(response.pid()).isEqualTo(predecessor.pid());
			assertThat(response.headers()).containsEntry("Connection", "close");
			assertThat(connection.isAtEnd()).isTrue();
			assertThat(predecessor.awaitExit()).isZero();
			assertThat(successor.port("web")).isEqualTo(predecessor.port("web"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void terminationDrainsAndRefusesNewConnections(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind).awaitRunning();
		StrictConnection busy = server.connect("web", TIMEOUT);
		try (StrictConnection idle = server.connect("web", TIMEOUT)) {
			assertThat(idle.get("/hello").status()).isEqualTo(200);
			busy.send("GET", "/slow/3000", null);
			server.signal("TERM").awaitLog("Draining 2 connections");
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> server.connect("web", TIMEOUT));
			Response missing = idle.get("/missing");
			assertThat(missing.status()).isEqualTo(404);
			assertThat(missing.headers()).containsEntry("Connection", "close");
			assertThat(busy.receive().status()).isEqualTo(200);
			busy.close();
			assertThat(server.awaitExit()).isEqualTo(143);
			assertThat(server.log()).contains("Drained in");
		}
	}

	@ParameterizedTest
	@EnumSource
	void interruptExitsAtOnce(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind).awaitRunning();
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			connection.send("GET", "/slow/20000", null);
			server.signal("INT");
			assertThatExceptionOfType(IOException.class).isThrownBy(connection::receive);
			assertThat(server.awaitExit()).isEqualTo(130);
		}
	}

	private SampleProcess upgrade(SampleProcess current, WebServerKind kind, StrictLoad load) {
		SampleProcess successor = this.processes.start(kind, "-u").awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		await().atMost(TIMEOUT).until(() -> load.servedBy(successor.pid()) > 100 || !load.failures().isEmpty());
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	/**
	 * Return as many clients as the processors carry in the long run, and fewer in the
	 * ordinary build.
	 */
	private static StrictLoad load(SampleProcess server) {
		StrictLoad load = new StrictLoad(server.port("web"), "/hello");
		return (REQUESTS > 0) ? load.mixed() : load.light();
	}

	private static void awaitServed(StrictLoad load, long requests) {
		await().atMost(Duration.ofMinutes(5)).until(() -> load.served() >= requests || !load.failures().isEmpty());
	}

}
