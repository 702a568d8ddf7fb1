package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What an operator asks of a real process over its management port.
 */
class OperationsEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(3);

	private static final String PINGORA = "/actuator/pingora";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void oneRequestUpgradesUnderLoadAndTheSuccessorTellsOfIt() throws IOException {
		SampleProcess first = this.processes.startPacked("--pingora.metrics.carry-over=true").awaitRunning();
		try (StrictLoad load = new StrictLoad(first.port("echo")).mixed()) {
			await().until(() -> load.served() > 500);
			double before = accepted(first);
			Set<String> seen = ConcurrentHashMap.newKeySet();
			CompletableFuture<Void> scrapes = CompletableFuture.runAsync(() -> scrapeUntil(first, seen, "2.0 running"));
			Response answer = post(first, "/upgrade");
			System.out.println(answer.body());
			assertThat(answer.status()).as(first.log()).isEqualTo(200);
			assertThat(answer.headers()).containsEntry("X-Generation", "1");
			assertThat(answer.body()).contains("\"outcome\":\"SUCCEEDED\"", "\"predecessor\":" + first.pid(),
					"\"sockets\":4", "\"COMMIT\":\"PT");
			long successor = first.startedSuccessor();
			assertThat(scrapes).succeedsWithin(TIMEOUT);
			assertThat(seen).contains("1.0 handing-over", "2.0 running");
			await().atMost(TIMEOUT).until(() -> load.servedBy(successor) > 500);
			assertThat(first.awaitExit()).as(first.log()).isZero();
			assertThat(heartbeats(first)).containsExactly("starts", "has stopped", "starts");
			assertThat(load.finish().failures()).isEmpty();
			System.out.println(Tally.table(load.tallies()));
			assertThat(accepted(first)).isGreaterThan(before);
		}
		Response report = get(first, "");
		assertThat(report.headers()).containsEntry("X-Generation", "2");
		assertThat(report.body()).contains("\"phase\":\"RUNNING\"", "\"generation\":2",
				"\"pid\":" + first.startedSuccessor(),
				"\"predecessor\":{\"pid\":%d,\"state\":\"LEFT\"}".formatted(first.pid()), "\"outcome\":\"SUCCEEDED\"",
				"\"DRAIN\":\"PT", "\"inherited\":true");
		assertThat(get(first, "/drain").status()).isEqualTo(200);
		assertThat(scrape(first)).contains("pingora_generation 2.0", "pingora_phase{phase=\"running\"} 1.0",
				"pingora_upgrade_seconds_count{outcome=\"succeeded\"} 1");
		assertThat(scrape(first).lines().map((line) -> line.split("[{ ]")[0])).containsAll(metersOfTheDashboard())
			.containsAll(metersOfTheReference());
		Set<String> reference = metersOfTheReference();
		assertThat(scrape(first).lines()
			.filter((line) -> line.startsWith("pingora_"))
			.map((line) -> line.split("[{ ]")[0].replaceAll("_seconds_(max|sum|count)$", "_seconds_count")))
			.allMatch(reference::contains);
	}

	/**
	 * Scrape again and again, on a new connection each time.
	 */
	private static void scrapeUntil(SampleProcess server, Set<String> seen, String last) {
		try {
			while (!seen.contains(last)) {
				String scrape = scrape(server);
				seen.add(value(scrape, "pingora_generation (\\S+)") + " "
						+ value(scrape, "pingora_phase\\{phase=\"([a-z-]+)\"} 1.0"));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String value(String scrape, String pattern) {
		Matcher matcher = Pattern.compile("(?m)^" + pattern + "$").matcher(scrape);
		assertThat(matcher.find()).as(scrape).isTrue();
		return matcher.group(1);
	}

	private static Set<String> metersOfTheReference() throws IOException {
		return Files.readAllLines(Path.of("..", "docs", "metrics.md"))
			.stream()
			.filter((line) -> line.startsWith("| `pingora_"))
			.map((line) -> line.split("`")[1] + (line.contains("(`_count`") ? "_count" : ""))
			.collect(Collectors.toSet());
	}

	private static Set<String> metersOfTheDashboard() throws IOException {
		String dashboard = Files.readString(Path.of("..", "docs", "grafana.json"));
		Set<String> meters = Pattern.compile("pingora_\\w+")
			.matcher(dashboard)
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toSet());
		assertThat(meters).hasSizeGreaterThan(8);
		return meters;
	}

	@Test
	void readinessHealthAndBackgroundWorkFollowTheTraffic() throws IOException {
		SampleProcess first = this.processes.start().awaitRunning();
		try (StrictConnection kept = first.connect("management", TIMEOUT);
				StrictConnection busy = first.connect("echo", TIMEOUT)) {
			assertThat(kept.get("/actuator/health/readiness").status()).isEqualTo(200);
			busy.send("GET", "/slow/120000", null);
			Response answer = post(first, "/upgrade");
			assertThat(answer.status()).as(answer.body()).isEqualTo(200);
			first.awaitLog("Phase DRAINING");
			Response leaving = kept.get("/actuator/health");
			assertThat(leaving.status()).isEqualTo(503);
			assertThat(leaving.headers()).containsEntry("X-Generation", "1");
			assertThat(leaving.body()).contains("\"status\":\"OUT_OF_SERVICE\"", "\"phase\":\"DRAINING\"",
					"\"echo\":{\"active\":1,\"busy\":1}");
			assertThat(readinessOf(first, "2")).isEqualTo(200);
			assertThat(get(first, "").body()).contains("\"phase\":\"DRAINING\"", "\"phase\":\"RUNNING\"");
			assertThat(gap(first, 1, 2)).isLessThanOrEqualTo(commit(answer).plusMillis(100));
			Instant killed = Instant.now();
			ProcessHandle.of(first.startedSuccessor()).ifPresent(ProcessHandle::destroyForcibly);
			first.awaitLog("takes the traffic back");
			await().atMost(TIMEOUT).until(() -> get(first, "").body().contains("\"outcome\":\"TAKEN_BACK\""));
			assertThat(readinessOf(first, "1")).isEqualTo(200);
			assertThat(heartbeats(first)).containsExactly("starts", "has stopped", "starts", "starts");
			assertThat(heartbeatTimes(first).get(3)).isBetween(killed.minusMillis(1), killed.plusSeconds(5));
		}
	}

	/**
	 * Return the status of the readiness, which that generation tells.
	 */
	private static int readinessOf(SampleProcess server, String generation) throws IOException {
		try (StrictConnection connection = server.connect("management", TIMEOUT)) {
			Response response = connection.get("/actuator/health/readiness");
			assertThat(response.headers()).containsEntry("X-Generation", generation);
			return response.status();
		}
	}

	private static Duration commit(Response upgrade) {
		Matcher matcher = Pattern.compile("\"COMMIT\":\"([^\"]+)\"").matcher(upgrade.body());
		assertThat(matcher.find()).as(upgrade.body()).isTrue();
		return Duration.parse(matcher.group(1));
	}

	private static Duration gap(SampleProcess server, int from, int to) {
		List<Instant> times = heartbeatTimes(server);
		return Duration.between(times.get(from), times.get(to));
	}

	private static List<Instant> heartbeatTimes(SampleProcess server) {
		return Pattern.compile("(?m)^(\\S+) .*Background service heartbeat (?:starts|has stopped)")
			.matcher(server.log())
			.results()
			.map((line) -> OffsetDateTime.parse(line.group(1)).toInstant())
			.toList();
	}

	@Test
	void candidateThatFailsToStartChangesNothingAndTheAnswerSaysWhy() throws IOException {
		Path configuration = this.processes.directory().resolve("candidate.yml");
		SampleProcess server = this.processes.start("--spring.config.additional-location=optional:" + configuration)
			.awaitRunning();
		Files.writeString(configuration, "pingora.threads: 0\npingora.services.echo.threads: 0");
		Response test = post(server, "/upgrade/dry-run");
		assertThat(test.status()).as(test.body()).isEqualTo(422);
		assertThat(test.body()).contains("\"outcome\":\"INVALID\"", "\"exitCode\":1", "pingora.services.echo.threads");
		try (StrictLoad load = new StrictLoad(server.port("echo")).light()) {
			Response answer = post(server, "/upgrade");
			assertThat(answer.status()).as(answer.body()).isEqualTo(500);
			assertThat(answer.body()).contains("\"outcome\":\"FAILED\"", "\"reason\":\"The successor");
			assertThat(load.finish().failures()).isEmpty();
		}
		assertThat(get(server, "").body()).contains("\"phase\":\"RUNNING\"", "\"generation\":1",
				"\"outcome\":\"FAILED\"", "{\"name\":\"heartbeat\",\"state\":\"RUNNING\"}");
		assertThat(heartbeats(server)).containsExactly("starts");
		Files.delete(configuration);
		Response valid = post(server, "/upgrade/dry-run");
		System.out.println(valid.body());
		assertThat(valid.status()).as(valid.body()).isEqualTo(200);
		assertThat(valid.body()).contains("\"outcome\":\"VALID\"", "\"exitCode\":0", "beans");
		assertThat(get(server, "").body()).contains("\"phase\":\"RUNNING\"", "\"successor\":null");
		assertThat(post(server, "/upgrade").status()).isEqualTo(200);
		assertThat(get(server, "").body()).contains("\"outcome\":\"FAILED\"", "\"outcome\":\"SUCCEEDED\"");
	}

	@Test
	void signalAloneUpgradesWhereItStartsTheSuccessor() {
		SampleProcess first = this.processes.start("--pingora.upgrade.spawn=true").awaitRunning();
		first.signal("QUIT");
		assertThat(first.awaitExit()).as(first.log()).isZero();
		assertThat(ProcessHandle.of(first.startedSuccessor())).hasValueSatisfying(ProcessHandle::isAlive);
	}

	@Test
	void upgradeIsCalledOff() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		assertThat(post(server, "/upgrade/async").status()).isEqualTo(202);
		assertThat(send(server, "DELETE", "/upgrade").body()).contains("\"aborted\":true");
		await().atMost(TIMEOUT).until(() -> get(server, "").body().contains("\"outcome\":\"ABORTED\""));
		await().atMost(TIMEOUT).until(() -> ProcessHandle.of(server.startedSuccessor()).isEmpty());
		assertThat(send(server, "DELETE", "/upgrade").status()).isEqualTo(409);
	}

	@ParameterizedTest
	@EnumSource
	void shutdownIsAnsweredAndDrains(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind).awaitRunning();
		assertThat(get(server, "").headers()).containsEntry("X-Generation", "1");
		assertPageIsServed(server);
		assertOnlyThePageMayWrite(server);
		try (StrictConnection busy = server.connect("web", TIMEOUT)) {
			busy.send("GET", "/slow/1500", null);
			await().atMost(TIMEOUT).until(() -> get(server, "/drain").status() == 503);
			assertThat(post(server, "/shutdown").status()).isEqualTo(202);
			assertThat(busy.receive().status()).isEqualTo(200);
			assertThat(server.awaitExit()).isEqualTo(143);
		}
	}

	private static void assertPageIsServed(SampleProcess server) throws IOException {
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			Response page = connection.get("/");
			assertThat(page.status()).isEqualTo(200);
			assertThat(page.headers().get("Content-Type")).startsWith("text/html");
			List<String> parts = Pattern.compile("(?:href|src)=\"(\\w+\\.\\w+)\"")
				.matcher(page.body())
				.results()
				.map((part) -> part.group(1))
				.toList();
			assertThat(parts).containsExactly("page.css", "page.js");
			for (String part : List.of("page.css", "page.js", "plot.js", "requests.js", "management.js")) {
				assertThat(connection.get("/" + part).status()).as(part).isEqualTo(200);
			}
			assertThat(connection.get("/hello").headers()).containsEntry("X-Generation", "1");
			assertThat(connection.post("/echo", "echo").body()).isEqualTo("echo");
		}
	}

	private static void assertOnlyThePageMayWrite(SampleProcess server) throws IOException {
		try (StrictConnection connection = server.connect("management", TIMEOUT)) {
			connection
				.sendRaw("GET %s HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:0\r\n\r\n".formatted(PINGORA));
			assertThat(connection.receive().headers()).containsEntry("Access-Control-Allow-Origin",
					"http://localhost:0");
			connection.sendRaw(
					"POST %s/shutdown HTTP/1.1\r\nHost: localhost\r\nOrigin: http://other.example\r\nContent-Length: 0\r\n\r\n"
						.formatted(PINGORA));
			assertThat(connection.receiveHead().status()).isEqualTo(403);
		}
	}

	@Test
	void fastShutdownIsAnsweredToo() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection busy = server.connect("echo", TIMEOUT)) {
			busy.send("GET", "/slow/20000", null);
			assertThat(post(server, "/shutdown/fast").status()).isEqualTo(202);
			assertThatExceptionOfType(IOException.class).isThrownBy(busy::receive);
			assertThat(server.awaitExit()).isEqualTo(130);
		}
	}

	@Test
	void nothingCanBeWrittenUntilAccessIsGiven() throws IOException {
		SampleProcess server = this.processes.start("--management.endpoint.pingora.access=read-only").awaitRunning();
		assertThat(post(server, "/shutdown").status()).isEqualTo(405);
		assertThat(get(server, "").status()).isEqualTo(200);
		assertThat(server.isAlive()).isTrue();
	}

	/**
	 * Return what the background service did in all generations, which share a log.
	 */
	private static List<String> heartbeats(SampleProcess server) {
		return Pattern.compile("Background service heartbeat (starts|has stopped)")
			.matcher(server.log())
			.results()
			.map((result) -> result.group(1))
			.toList();
	}

	private static double accepted(SampleProcess server) throws IOException {
		String name = "pingora_connections_accepted_connections_total{listener=\"127.0.0.1:%d\",service=\"echo\"}"
			.formatted(server.port("echo"));
		List<String> lines = scrape(server).lines().filter((line) -> line.startsWith(name)).toList();
		assertThat(lines).hasSize(1);
		return Double.parseDouble(lines.get(0).substring(name.length()).strip());
	}

	private static String scrape(SampleProcess server) throws IOException {
		try (StrictConnection connection = server.connect("management", TIMEOUT)) {
			return connection.get("/actuator/prometheus").body();
		}
	}

	private static Response get(SampleProcess server, String path) throws IOException {
		return send(server, "GET", path);
	}

	private static Response post(SampleProcess server, String path) throws IOException {
		return send(server, "POST", path);
	}

	private static Response send(SampleProcess server, String method, String path) throws IOException {
		try (StrictConnection connection = server.connect("management", TIMEOUT)) {
			connection.send(method, PINGORA + path, null);
			return connection.receive();
		}
	}

}
