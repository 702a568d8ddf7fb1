package dev.pingora.sample;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of an upgrade with a thousand listeners, each of which has counts to carry over.
 * It is measured with the profile {@code soak}.
 */
@EnabledIfSystemProperty(named = "soak.requests", matches = "[1-9]\\d*")
@Timeout(300)
class ManyListenersEndToEndTests {

	private static final int LISTENERS = 1000;

	@RegisterExtension
	private final SampleProcesses samples = new SampleProcesses();

	@Test
	void thousandListenersAreHandedOver() throws Exception {
		String[] arguments = {
				"--pingora.services.echo.listeners=" + String.join(",", Collections.nCopies(LISTENERS, "127.0.0.1:0")),
				"--pingora.metrics.carry-over=true", "--pingora.threads=2" };
		SampleProcess old = this.samples.start(arguments).awaitRunning();
		List<Integer> ports = ports(old);
		assertThat(ports).hasSize(LISTENERS);
		askAll(ports);
		SampleProcess next = this.samples.start(arguments[0], arguments[1], arguments[2], "-u")
			.awaitLog("Waiting for the predecessor");
		long begin = System.nanoTime();
		old.signal("QUIT");
		next.awaitRunning();
		Duration time = Duration.ofNanos(System.nanoTime() - begin);
		assertThat(old.awaitExit()).isZero();
		assertThat(ports(next)).containsExactlyInAnyOrderElementsOf(ports);
		askAll(ports);
		System.out.printf("%d listeners: %d ms from SIGQUIT to RUNNING, the start of the application included; %s%n",
				LISTENERS, time.toMillis(), memory(next));
	}

	private static List<Integer> ports(SampleProcess process) {
		return Pattern.compile("Listening on \\S+:(\\d+) \\(echo\\)")
			.matcher(process.log())
			.results()
			.map((MatchResult result) -> Integer.valueOf(result.group(1)))
			.toList();
	}

	private static void askAll(List<Integer> ports) throws Exception {
		for (int port : ports) {
			try (StrictConnection connection = new StrictConnection(
					new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Duration.ofSeconds(20))) {
				assertThat(connection.get("/").status()).isEqualTo(200);
			}
		}
	}

	private static String memory(SampleProcess process) throws Exception {
		return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))
			.stream()
			.filter((line) -> line.startsWith("VmHWM"))
			.findFirst()
			.orElseThrow();
	}

}
