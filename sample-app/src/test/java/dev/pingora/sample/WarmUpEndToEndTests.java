package dev.pingora.sample;

import java.io.IOException;
import java.time.Duration;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether the first clients of a successor notice that it is new, with the warm-up and
 * without it.
 */
class WarmUpEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int FIRST = 20;

	private static final String WARM_UP = "--pingora.upgrade.warm-up.";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource(names = "TOMCAT")
	void firstRequestsAreFasterAfterWhatThePredecessorHasSeenWasReplayed(WebServerKind kind) throws IOException {
		SampleProcess first = this.processes.start(kind).awaitRunning();
		ask(first);
		SampleProcess warm = upgrade(first, kind, WARM_UP + "timeout=10s");
		long warmNanos = ask(warm);
		assertThat(warm.log()).containsPattern("Warmed up for .* until .*GET /hello \\(web\\)");
		assertThat(observed(warm)).contains("\"COUNT\",\"value\":%d.0".formatted(FIRST));
		assertThat(observedConnections(warm)).contains("\"COUNT\",\"value\":%d.0".formatted(FIRST));
		SampleProcess cold = upgrade(warm, kind, WARM_UP + "enabled=false");
		long coldNanos = ask(cold);
		assertThat(cold.log()).doesNotContain("Warmed up");
		System.out.printf("%s first %d requests: warm %d ms, cold %d ms%n", kind, FIRST, warmNanos / 1_000_000,
				coldNanos / 1_000_000);
		assertThat((double) warmNanos / coldNanos).isLessThan(0.7);
	}

	private SampleProcess upgrade(SampleProcess current, WebServerKind kind, String option) {
		SampleProcess successor = this.processes.start(kind, "-u", option).awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	/**
	 * Return how long the first requests take, each on a connection of its own.
	 */
	private static long ask(SampleProcess server) throws IOException {
		long begin = System.nanoTime();
		for (int i = 0; i < FIRST; i++) {
			try (StrictConnection connection = server.connect("web", TIMEOUT)) {
				assertThat(connection.get("/hello").pid()).isEqualTo(server.pid());
			}
		}
		return System.nanoTime() - begin;
	}

	private static String observed(SampleProcess server) throws IOException {
		return metric(server, "http.server.requests?tag=uri:/hello");
	}

	private static String observedConnections(SampleProcess server) throws IOException {
		return metric(server, "pingora.connections.accepted?tag=service:web");
	}

	private static String metric(SampleProcess server, String name) throws IOException {
		try (StrictConnection connection = server.connect("management", TIMEOUT)) {
			return connection.get("/actuator/metrics/" + name).body();
		}
	}

}
