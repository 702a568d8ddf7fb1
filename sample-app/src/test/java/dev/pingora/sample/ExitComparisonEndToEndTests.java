package dev.pingora.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How soon a process is gone when a drain has sent its last response, on each web server.
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class ExitComparisonEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int EXITS = 7;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource
	void exitFollowsTheLastResponse(WebServerKind kind) throws IOException {
		List<Long> millis = new ArrayList<>();
		for (int i = 0; i < EXITS; i++) {
			millis.add(millisToExit(this.processes.start(kind).awaitRunning()));
		}
		long median = Median.of(millis);
		System.out.printf("%s %s last response to exit: %d ms %s%n", Runtime.version(), kind, median, millis);
		assertThat(median).isLessThan(1000);
	}

	private static long millisToExit(SampleProcess server) throws IOException {
		long last;
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			assertThat(connection.get("/hello").status()).isEqualTo(200);
			connection.send("GET", "/slow/1000", null);
			server.signal("TERM").awaitLog("of which 1 are busy");
			assertThat(connection.receive().headers()).containsEntry("Connection", "close");
			last = System.nanoTime();
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		return (System.nanoTime() - last) / 1_000_000;
	}

}
