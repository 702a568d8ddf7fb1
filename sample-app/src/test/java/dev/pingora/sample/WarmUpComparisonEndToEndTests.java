package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import dev.pingora.gateway.GatewayApplication;
import dev.pingora.sample.load.StrictConnection;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The latency of a successor's first second with the warm-up and without it, at a
 * constant rate and counted from the moment at which each request was due.
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class WarmUpComparisonEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String WARM_UP = "--pingora.upgrade.warm-up.enabled=";

	private static final int CLIENTS = 8;

	private static final long EVERY_NANOS = 20_000_000;

	private static final int REQUESTS = 50;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private enum Application {

		NETTY, TOMCAT, GATEWAY

	}

	@ParameterizedTest
	@EnumSource
	void firstSecondOfASuccessor(Application application) throws InterruptedException {
		SampleProcess backend = (application == Application.GATEWAY)
				? this.processes.start("--pingora.upgrade.sock=" + this.processes.directory().resolve("backend.sock"))
					.awaitRunning()
				: null;
		SampleProcess current = start(application, backend).awaitRunning();
		for (int i = 0; i < 5; i++) {
			measure(current, application);
		}
		System.out.printf("%s %s before:         %s%n", application, System.getProperty("java.version"),
				measure(current, application));
		for (boolean warm : new boolean[] { true, false, true, false }) {
			SampleProcess successor = start(application, backend, "-u", WARM_UP + warm,
					WARM_UP.replace("enabled", "timeout") + "10s")
				.awaitLog("Waiting for the predecessor");
			String memoryBefore = memory(current);
			current.signal("QUIT");
			successor.awaitRunning();
			String memory = memory(successor);
			assertThat(current.awaitExit()).isZero();
			System.out.printf("%s %s warm-up %5s: %s%n", application, System.getProperty("java.version"), warm,
					measure(successor, application));
			successor.log().lines().filter((line) -> line.contains("Warmed up")).forEach(System.out::println);
			System.out.printf("RSS of the predecessor: %s, of the successor when it served: %s%n", memoryBefore,
					memory);
			for (int i = 0; i < 3; i++) {
				measure(successor, application);
			}
			current = successor;
		}
	}

	private SampleProcess start(Application application, SampleProcess backend, String... more) {
		List<String> arguments = this.processes.arguments(more);
		if (application != Application.GATEWAY) {
			return this.processes.run(SampleProcess.classes(WebServerKind.valueOf(application.name()), arguments));
		}
		arguments.removeIf((option) -> option.startsWith("--pingora.services."));
		String route = "--spring.cloud.gateway.server.webflux.routes[0].";
		arguments.addAll(List.of(route + "id=sample", route + "uri=http://127.0.0.1:" + backend.port("echo"),
				route + "predicates[0]=Path=/**", "--spring.application.name=gateway"));
		return this.processes.run(SampleProcess.gateway(GatewayApplication.class, arguments));
	}

	private static String memory(SampleProcess process) {
		try {
			return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS"))
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String measure(SampleProcess server, Application application) throws InterruptedException {
		Queue<Long> latencies = new ConcurrentLinkedQueue<>();
		String path = (application == Application.GATEWAY) ? "/" : "/hello";
		List<Thread> clients = new ArrayList<>();
		long begin = System.nanoTime();
		for (int i = 0; i < CLIENTS; i++) {
			long first = begin + i * EVERY_NANOS / CLIENTS;
			Thread client = new Thread(() -> ask(server, path, first, latencies));
			client.start();
			clients.add(client);
		}
		for (Thread client : clients) {
			client.join();
		}
		assertThat(latencies).hasSize(CLIENTS * REQUESTS);
		List<Long> sorted = latencies.stream().sorted().toList();
		return "p50 %.1f ms, p99 %.1f ms, max %.1f ms".formatted(millis(sorted, 0.5), millis(sorted, 0.99),
				millis(sorted, 1));
	}

	private static double millis(List<Long> sorted, double quantile) {
		return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * quantile)) / 1_000_000.0;
	}

	private static void ask(SampleProcess server, String path, long first, Queue<Long> latencies) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port("web"));
		try (StrictConnection connection = new StrictConnection(address, TIMEOUT)) {
			for (int i = 0; i < REQUESTS; i++) {
				long due = first + i * EVERY_NANOS;
				LockSupport.parkNanos(due - System.nanoTime());
				assertThat(connection.get(path).status()).isEqualTo(200);
				latencies.add(System.nanoTime() - due);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
