package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Prometheus that scrapes one process every three seconds, and ends with the test.
 */
final class Prometheus implements AutoCloseable {

	private static final Path EXECUTABLE = Path.of("/usr/bin/prometheus");

	private static final String CONFIGURATION = """
			global:
			  scrape_interval: 3s
			  scrape_timeout: 3s
			scrape_configs:
			  - job_name: sample
			    metrics_path: /actuator/prometheus
			    static_configs:
			      - targets: [ "127.0.0.1:%d" ]
			""";

	private final Instant started = Instant.now();

	private final JsonMapper json = new JsonMapper();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Process process;

	private final String address;

	private Prometheus(Process process, int port) {
		this.process = process;
		this.address = "http://127.0.0.1:%d/api/v1/".formatted(port);
	}

	/**
	 * Start to scrape.
	 * @param directory where it keeps what it has
	 * @param port the management port of the sample
	 */
	static Prometheus start(Path directory, int port) {
		assertThat(EXECUTABLE).as("the profile 'prometheus' needs it: apt-get install prometheus").isExecutable();
		try {
			Path configuration = directory.resolve("prometheus.yml");
			Files.writeString(configuration, CONFIGURATION.formatted(port));
			int own = FreePort.find();
			Process process = new ProcessBuilder(EXECUTABLE.toString(), "--config.file=" + configuration,
					"--storage.tsdb.path=" + directory.resolve("prometheus"), "--web.listen-address=127.0.0.1:" + own)
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("prometheus.log").toFile())
				.start();
			return new Prometheus(process, own);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the values of an expression now, none where it has none or nobody answers
	 * yet.
	 */
	List<Double> now(String expression) {
		try {
			return results("query?query=" + encoded(expression))
				.map((result) -> Double.valueOf(result.get("value").get(1).asString()))
				.toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return the values of an expression since the start, second by second.
	 */
	List<Double> since(String expression) throws IOException {
		return results("query_range?query=%s&start=%d&end=%d&step=1".formatted(encoded(expression),
				this.started.getEpochSecond(), Instant.now().getEpochSecond()))
			.flatMap((result) -> result.get("values").valueStream())
			.map((value) -> Double.valueOf(value.get(1).asString()))
			.toList();
	}

	private Stream<JsonNode> results(String query) throws IOException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.address + query))
			.timeout(Duration.ofSeconds(30))
			.build();
		try {
			HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(query + ": " + response.body()).isIn(200, 503);
			return (response.statusCode() == 200)
					? this.json.readTree(response.body()).get("data").get("result").valueStream() : Stream.empty();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encoded(String expression) {
		return URLEncoder.encode(expression, StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().join();
	}

}
