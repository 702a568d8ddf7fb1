package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictLoad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every expression of the dashboard over what a real Prometheus has scraped before,
 * during and after an upgrade.
 */
@EnabledIfSystemProperty(named = "prometheus", matches = "true",
		disabledReason = "It needs Prometheus: -Pprometheus, after apt-get install prometheus")
class DashboardEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(3);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void everyPanelHasItsSeriesOverAnUpgrade() throws IOException {
		SampleProcess first = this.processes.start("--pingora.metrics.carry-over=true").awaitRunning();
		try (Prometheus prometheus = Prometheus.start(this.processes.directory(), first.port("management"));
				StrictLoad load = new StrictLoad(first.port("echo")).light()) {
			awaitScrapes(prometheus, 6);
			try (StrictConnection connection = connect(first.port("management"));
					StrictConnection busy = connect(first.port("echo"))) {
				busy.send("GET", "/slow/5000", null);
				connection.send("POST", "/actuator/pingora/upgrade", null);
				assertThat(connection.receive().status()).isEqualTo(200);
				assertThat(busy.receive().status()).isEqualTo(200);
			}
			await().atMost(TIMEOUT).until(() -> prometheus.now("pingora_generation").equals(List.of(2.0)));
			awaitScrapes(prometheus, 20);
			assertThat(prometheus.now("min_over_time(up[2m])")).containsExactly(1.0);
			assertThat(prometheus.now("changes(pingora_generation[2m])")).containsExactly(1.0);
			for (Map.Entry<String, String> expression : expressions().entrySet()) {
				List<Double> values = prometheus.since(expression.getValue());
				assertThat(values).as(expression.toString()).isNotEmpty();
				System.out.println("%-40s %4d values, %s to %s".formatted(expression.getKey(), values.size(),
						Collections.min(values), Collections.max(values)));
			}
			System.out.println("Resets of the accepted connections: "
					+ prometheus.now("resets(pingora_connections_accepted_connections_total[2m])"));
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	private static void awaitScrapes(Prometheus prometheus, int scrapes) {
		await().atMost(TIMEOUT)
			.until(() -> prometheus.now("count_over_time(pingora_generation[5m])"),
					(counts) -> !counts.isEmpty() && counts.get(0) >= scrapes);
	}

	private static Map<String, String> expressions() {
		JsonNode dashboard = new JsonMapper().readTree(Path.of("..", "docs", "grafana.json").toFile());
		Map<String, String> expressions = new LinkedHashMap<>();
		dashboard.get("panels").forEach((panel) -> {
			int number = 0;
			for (JsonNode target : panel.get("targets")) {
				expressions.put("%s (%d)".formatted(panel.get("title").asString(), ++number), resolved(target));
			}
		});
		dashboard.get("annotations")
			.get("list")
			.forEach((annotation) -> expressions.put("annotation", resolved(annotation)));
		assertThat(expressions).hasSizeGreaterThan(8);
		return expressions;
	}

	private static String resolved(JsonNode target) {
		return target.get("expr").asString().replace("$job", "sample").replace("$__rate_interval", "12s");
	}

	private static StrictConnection connect(int port) throws IOException {
		return new StrictConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT);
	}

}
