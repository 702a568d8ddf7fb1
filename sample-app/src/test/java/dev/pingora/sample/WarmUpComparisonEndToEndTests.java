package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.pingora.gateway.GatewayApplication;
import dev.pingora.sample.load.SteadyLoad;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What clients feel of an upgrade at a constant rate without any configuration, and
 * without what makes it smooth, and how much memory both processes have.
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class WarmUpComparisonEndToEndTests {

	private static final long SECOND = 1_000_000_000;

	private static final int CLIENTS = 8;

	private static final Duration INTERVAL = Duration.ofMillis(8);

	private static final Duration BEFORE = Duration.ofSeconds(20);

	/**
	 * How long a successor may take with its warm-up.
	 */
	private static final Duration START = Duration.ofMinutes(4);

	private static final Duration AFTER = Duration.ofSeconds(12);

	private static final List<String> DEFAULT = List.of("--pingora.upgrade.drain-spread=4s",
			"--pingora.upgrade.warm-up.timeout=2m", "--pingora.upgrade.ready-timeout=4m");

	private static final List<String> ABRUPT = List.of("--pingora.upgrade.drain-spread=0",
			"--pingora.upgrade.warm-up.enabled=false", "--pingora.upgrade.nice=0");

	/**
	 * With one, a client that closes its connection after its response can close one to
	 * the backend that another request uses already, upgrade or not.
	 * @see <a href="https://github.com/reactor/reactor-netty/pull/4137">reactor-netty
	 * #4137</a>
	 */
	private static final String WITHOUT_POOL = "--spring.cloud.gateway.server.webflux.httpclient.pool.type=disabled";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private enum Application {

		NETTY, TOMCAT, GATEWAY

	}

	@ParameterizedTest
	@EnumSource
	void whatClientsFeel(Application application) {
		SampleProcess backend = (application == Application.GATEWAY)
				? this.processes.start("--pingora.upgrade.sock=" + this.processes.directory().resolve("backend.sock"))
					.awaitRunning()
				: null;
		SampleProcess first = start(application, backend, DEFAULT).awaitRunning();
		String path = (application == Application.GATEWAY) ? "/" : "/hello";
		try (SteadyLoad load = new SteadyLoad(first.port("web"), path, CLIENTS, INTERVAL)) {
			System.out.printf("%s on JDK %s, %d requests in a second; p99 in ms (÷ before)%n", application,
					System.getProperty("java.version"), CLIENTS * 1000 / INTERVAL.toMillis());
			SampleProcess second = upgrade("by default, first", first, () -> start(application, backend, DEFAULT, "-u"),
					load);
			SampleProcess third = upgrade("by default", second, () -> start(application, backend, DEFAULT, "-u"), load);
			upgrade("abruptly", third, () -> start(application, backend, ABRUPT, "-u"), load);
			assertThat(load.failures()).isEmpty();
		}
	}

	private static SampleProcess upgrade(String title, SampleProcess current, Supplier<SampleProcess> start,
			SteadyLoad load) {
		last(BEFORE);
		long begun = System.nanoTime();
		SampleProcess successor = start.get().awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		await().atMost(START)
			.pollInterval(Duration.ofMillis(20))
			.until(() -> successor.log().contains("Phase RUNNING"));
		long serving = System.nanoTime();
		String memory = "RSS %s and %s".formatted(memory(current), memory(successor));
		last(AFTER);
		assertThat(current.awaitExit()).as(current.log()).isZero();
		double before = load.between(begun - 10 * SECOND, begun).quantile(0.99);
		System.out.printf("%s: before %.2f%s%s%s, max of 10 s %.1f; %s%n", title, before,
				line("while it starts", load.between(begun, serving), before),
				line("first second", load.between(serving, serving + SECOND), before),
				line("first 10 s", load.between(serving, serving + 10 * SECOND), before),
				load.between(serving, serving + 10 * SECOND).quantile(1), memory);
		successor.log().lines().filter((line) -> line.contains("Warmed up")).forEach(System.out::println);
		return successor;
	}

	private static String line(String time, SteadyLoad.Latencies latencies, double before) {
		double p99 = latencies.quantile(0.99);
		return ", %s %.2f (%.2f)".formatted(time, p99, p99 / before);
	}

	private static void last(Duration time) {
		await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
	}

	private SampleProcess start(Application application, SampleProcess backend, List<String> options, String... flags) {
		List<String> all = new ArrayList<>(List.of(flags));
		all.addAll(options);
		List<String> arguments = this.processes.arguments(all.toArray(String[]::new));
		if (application != Application.GATEWAY) {
			return this.processes.run(SampleProcess.classes(WebServerKind.valueOf(application.name()), arguments));
		}
		arguments.removeIf((option) -> option.startsWith("--pingora.services."));
		String route = "--spring.cloud.gateway.server.webflux.routes[0].";
		arguments.addAll(List.of(route + "id=sample", route + "uri=http://127.0.0.1:" + backend.port("echo"),
				route + "predicates[0]=Path=/**", "--spring.application.name=gateway", WITHOUT_POOL));
		return this.processes.run(SampleProcess.gateway(GatewayApplication.class, arguments));
	}

	private static String memory(SampleProcess process) {
		try {
			return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS"))
				.map((line) -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024 + " MB")
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
