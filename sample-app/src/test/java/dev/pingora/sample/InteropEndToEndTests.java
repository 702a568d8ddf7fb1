package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of upgrades from and to a Rust server on Cloudflare's Pingora, which the profile
 * {@code interop} builds.
 */
@EnabledIfSystemProperty(named = "interop.server", matches = ".+")
@Timeout(300)
class InteropEndToEndTests {

	private static final String[] COMPATIBLE = { "--pingora.upgrade.compatibility=pingora",
			"--pingora.upgrade.answer-timeout=3s", "-u" };

	@RegisterExtension
	private final SampleProcesses samples = new SampleProcesses();

	private final List<String> rows = new ArrayList<>();

	@Test
	void rustHandsOverToRustAndToJavaAndTakesBack() throws Exception {
		int port = FreePort.find();
		SampleProcess first = startRust(port, false);
		first.awaitLog("Server starting");
		SampleProcess second = upgrade("Rust to Rust", port, first, () -> startRust(port, true), "No incoming socket");
		SampleProcess java = upgrade("Rust to Java", port, second, () -> startJava(port),
				"Waiting for the predecessor");
		java.awaitRunning();
		upgrade("Java to Rust", port, java, () -> startRust(port, true), "No incoming socket");
		assertThat(java.awaitExit()).isZero();
		assertThat(java.log()).contains("confirms nothing");
		this.rows.forEach(System.out::println);
	}

	private SampleProcess startRust(int port, boolean upgrade) {
		Path directory = this.samples.directory();
		Path conf = directory.resolve("pingora.yaml");
		try {
			Files.writeString(conf, """
					version: 1
					threads: 2
					pid_file: %1$s/rust.pid
					upgrade_sock: %1$s/upgrade.sock
					grace_period_seconds: 2
					graceful_shutdown_timeout_seconds: 1
					""".formatted(directory));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// A JVM blocks SIGQUIT in all threads but one, and processes inherit that.
		List<String> command = new ArrayList<>(List.of("env", "--default-signal=QUIT",
				"INTEROP_LISTEN=127.0.0.1:" + port, System.getProperty("interop.server"), "-c", conf.toString()));
		if (upgrade) {
			command.add("-u");
		}
		return this.samples.run(command);
	}

	private SampleProcess startJava(int port) {
		List<String> arguments = new ArrayList<>(List.of(COMPATIBLE));
		arguments.add("--pingora.services.echo.listeners=127.0.0.1:" + port);
		return this.samples.start(arguments.toArray(String[]::new));
	}

	/**
	 * Upgrade under load, and note what became of the requests on new connections, which
	 * are the matter of the hand-over, and of those on kept ones, which are that of the
	 * old server's drain.
	 * @param waiting what the new server logs when it waits for the sockets
	 */
	private SampleProcess upgrade(String name, int port, SampleProcess old, Start start, String waiting) {
		try (StrictLoad load = new StrictLoad(port)) {
			load.newConnections(4).busy(8).sparse(16, Duration.ofMillis(700)).posts(2);
			await().atMost(Duration.ofSeconds(20)).until(() -> load.servedBy(old.pid()) > 200);
			SampleProcess next = start.start();
			next.awaitLog(waiting);
			old.signal("QUIT");
			old.awaitExit();
			await().atMost(Duration.ofSeconds(60)).until(() -> load.servedBy(next.pid()) > 200);
			load.finish();
			this.rows.add("%-13s new connections: %d served, %d failed; kept connections: %d served, %d failed"
				.formatted(name, served(load, true), failed(load, true), served(load, false), failed(load, false)));
			assertThat(failed(load, true)).as(() -> name + ": " + load.failures()).isZero();
			return next;
		}
	}

	private static long served(StrictLoad load, boolean fresh) {
		return tallies(load, fresh).stream().mapToLong(Tally::served).sum();
	}

	private static long failed(StrictLoad load, boolean fresh) {
		return tallies(load, fresh).stream().mapToLong(Tally::failed).sum();
	}

	private static List<Tally> tallies(StrictLoad load, boolean fresh) {
		return load.tallies().stream().filter((tally) -> tally.toString().startsWith("new") == fresh).toList();
	}

	/**
	 * Starts the next server.
	 */
	private interface Start {

		SampleProcess start();

	}

}
