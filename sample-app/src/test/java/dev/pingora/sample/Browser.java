package dev.pingora.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A headless Chromium with one window, driven over WebDriver (W3C), and ended with the
 * test.
 */
final class Browser implements AutoCloseable {

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

	private static final List<String> ARGUMENTS = List.of("--headless", "--no-sandbox", "--disable-gpu",
			"--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
			"--disable-sync", "--hide-scrollbars");

	private final JsonMapper json = new JsonMapper();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Process driver;

	private final String session;

	private Browser(Process driver, String address, Map<String, Object> capabilities) {
		this.driver = driver;
		Map<String, Object> always = Map.of("capabilities", Map.of("alwaysMatch", capabilities));
		this.session = address + "/session/" + send("POST", address + "/session", always).get("sessionId").asString();
	}

	/**
	 * Start a browser.
	 * @param profile an empty directory for what it keeps
	 * @param arguments more arguments of Chromium
	 */
	static Browser start(Path profile, List<String> arguments) {
		assertThat(DRIVER).as("the profile 'browser' needs Chromium: apt-get install chromium chromium-driver")
			.isExecutable();
		List<String> all = new ArrayList<>(ARGUMENTS);
		all.addAll(arguments);
		all.add("--user-data-dir=" + profile);
		try {
			Process driver = new ProcessBuilder(DRIVER.toString(), "--port=0").redirectErrorStream(true).start();
			return new Browser(driver, "http://127.0.0.1:" + port(driver),
					Map.of("browserName", "chrome", "goog:chromeOptions", Map.of("args", all)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int port(Process driver) throws IOException {
		BufferedReader output = driver.inputReader();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher matcher = STARTED.matcher(line);
			if (matcher.find()) {
				return Integer.parseInt(matcher.group(1));
			}
		}
		throw new IOException("chromedriver ended before it said its port");
	}

	Browser open(String address) {
		send("POST", this.session + "/url", Map.of("url", address));
		return this;
	}

	/**
	 * Show the page at a size of its own and in the colours that are preferred.
	 */
	Browser show(int width, int height, String scheme) {
		command("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
		command("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
		return this;
	}

	private void command(String name, Map<String, Object> parameters) {
		send("POST", this.session + "/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
	}

	void click(String selector) {
		JsonNode found = send("POST", this.session + "/element", Map.of("using", "css selector", "value", selector));
		send("POST", this.session + "/element/" + found.iterator().next().asString() + "/click", Map.of());
	}

	/**
	 * Return the value of a script.
	 */
	String eval(String script) {
		return send("POST", this.session + "/execute/sync", Map.of("script", "return " + script, "args", List.of()))
			.asString();
	}

	/**
	 * Return the text of an element, or nothing where there is no such.
	 */
	String text(String selector) {
		return eval("document.querySelector(`%s`)?.textContent ?? ''".formatted(selector));
	}

	/**
	 * Return what the page has complained of.
	 */
	List<String> complaints() {
		JsonNode log = send("POST", this.session + "/se/log", Map.of("type", "browser"));
		return log.valueStream().map((entry) -> entry.get("message").asString()).toList();
	}

	void screenshot(Path file) {
		try {
			Files.createDirectories(file.getParent());
			Files.write(file, Base64.getDecoder().decode(send("GET", this.session + "/screenshot", null).asString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private JsonNode send(String method, String address, Map<String, Object> body) {
		HttpRequest.BodyPublisher publisher = (body != null)
				? HttpRequest.BodyPublishers.ofString(this.json.writeValueAsString(body))
				: HttpRequest.BodyPublishers.noBody();
		HttpRequest request = HttpRequest.newBuilder(URI.create(address))
			.timeout(Duration.ofMinutes(1))
			.header("Content-Type", "application/json")
			.method(method, publisher)
			.build();
		try {
			HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
			return this.json.readTree(response.body()).get("value");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			send("DELETE", this.session, null);
		}
		finally {
			this.driver.destroy();
		}
	}

}
