package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page of the sample in a real browser. It takes the pictures of the documentation.
 */
@EnabledIfSystemProperty(named = "browser", matches = "true",
		disabledReason = "It needs Chromium: -Pbrowser, after apt-get install chromium chromium-driver")
class BrowserEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final Path SCREENSHOTS = Path.of(System.getProperty("browser.screenshots"));

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource
	void buttonUpgradesAndNoRequestOfThePageFails(WebServerKind kind) throws IOException {
		int port = FreePort.find();
		SampleProcess server = this.processes.start(kind, "--server.port=" + port).awaitRunning();
		try (Browser browser = Browser.start(this.processes.directory().resolve("chromium"), List.of());
				StrictConnection idle = connect(port)) {
			String picture = kind.name().toLowerCase(Locale.ROOT) + "-%s.png";
			browser.show(1100, 1160, "light")
				.open("http://127.0.0.1:%d/?management=%d".formatted(port, server.port("management")));
			await().atMost(TIMEOUT).until(() -> served(browser) > 600);
			assertThat(browser.text("#status")).isEqualTo("Generation 1 serves.");
			assertThat(browser.eval("document.querySelectorAll('#listeners tr').length")).isEqualTo("4");
			browser.screenshot(SCREENSHOTS.resolve(picture.formatted("before")));
			assertThat(idle.get("/hello").headers()).containsEntry("X-Generation", "1");
			browser.click("#upgrade");
			await().atMost(TIMEOUT).until(() -> browser.text("#status").contains("starts generation 2"));
			assertThat(browser.eval("document.getElementById('upgrade').disabled")).isEqualTo("true");
			await().atMost(TIMEOUT)
				.pollInterval(Duration.ofMillis(100))
				.until(() -> !browser.text("[data-generation='1'][data-phase='DRAINING']").isEmpty()
						&& browser.text("[data-generation='2'][data-phase='RUNNING']")
							.matches(".*answered [1-9]\\d{3}.*"));
			browser.screenshot(SCREENSHOTS.resolve(picture.formatted("during")));
			assertThat(idle.get("/hello").headers()).containsEntry("X-Generation", "1");
			await().atMost(TIMEOUT).until(() -> browser.text("#status").contains("Generation 2 serves alone"));
			int then = served(browser);
			await().atMost(TIMEOUT).until(() -> served(browser) > then + 300);
			assertThat(browser.text("#status")).contains("No request failed");
			assertThat(browser.text("#failed")).isEqualTo("0");
			assertThat(browser.text("#upgrades")).contains("succeeded", "generation 1 → 2", "commit");
			assertThat(browser.text("#listeners")).contains("inherited").doesNotContain("opened");
			assertThat(browser.text("#legend")).contains("generation 1", "generation 2");
			browser.screenshot(SCREENSHOTS.resolve(picture.formatted("after")));
			browser.show(1100, 1160, "dark").screenshot(SCREENSHOTS.resolve(picture.formatted("dark")));
			browser.show(420, 1000, "light").screenshot(SCREENSHOTS.resolve(picture.formatted("narrow")));
			assertThat(browser.eval("document.documentElement.scrollWidth")).isEqualTo("420");
			assertThat(browser.complaints()).isEmpty();
		}
	}

	@Test
	void pageSaysWhyAnUpgradeFailed() throws IOException {
		int port = FreePort.find();
		Path configuration = this.processes.directory().resolve("candidate.yml");
		SampleProcess server = this.processes
			.start("--server.port=" + port, "--spring.config.additional-location=optional:" + configuration)
			.awaitRunning();
		Files.writeString(configuration, "pingora.services.echo.threads: 0");
		try (Browser browser = Browser.start(this.processes.directory().resolve("chromium"), List.of())) {
			browser.show(1100, 1160, "light")
				.open("http://127.0.0.1:%d/?management=%d".formatted(port, server.port("management")));
			await().atMost(TIMEOUT).until(() -> browser.text("#status").equals("Generation 1 serves."));
			browser.click("#upgrade");
			await().atMost(TIMEOUT)
				.until(() -> browser.text("#status").startsWith("Generation 1 goes on serving: The successor"));
			assertThat(browser.text("#failed")).isEqualTo("0");
			assertThat(browser.text("#upgrades")).contains("failed");
		}
	}

	private static StrictConnection connect(int port) throws IOException {
		return new StrictConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT);
	}

	private static int served(Browser browser) {
		String text = browser.text("#served").replace(",", "");
		return text.isEmpty() ? 0 : Integer.parseInt(text);
	}

}
