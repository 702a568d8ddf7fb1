package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.pingora.broken.HangingRunner;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Real daemons: without terminal, upgraded under load, and failing where they are seen.
 */
class DaemonEndToEndTests {

	/** More in the long run, which is the one that asks for requests. */
	private static final int UPGRADES = (Long.getLong("soak.requests", 0) > 0) ? 5 : 1;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final List<SampleDaemon> daemons = new ArrayList<>();

	private Path work;

	private Path pidFile;

	private Path errorLog;

	@BeforeEach
	void createPlaces() throws IOException {
		this.work = Files.createDirectory(this.processes.directory().resolve("work"));
		this.pidFile = this.processes.directory().resolve("app.pid");
		this.errorLog = this.work.resolve("error.log");
	}

	@AfterEach
	void stopDaemons() {
		this.daemons.stream().filter(SampleDaemon::isAlive).forEach((daemon) -> daemon.signal("KILL").awaitExit());
	}

	@Test
	void daemonLivesWithoutTheTerminalThatItWasStartedFrom() throws IOException {
		Path configuration = Files.writeString(this.work.resolve("app.yml"), "sample: configured\n");
		String command = SampleProcess.jar(List.of(), List.of(arguments("-dc", relative(configuration).toString())))
			.stream()
			.map((word) -> "'" + word + "'")
			.collect(Collectors.joining(" "));
		SampleProcess terminal = this.processes.run(List.of("script", "-qec", command, "/dev/null"));
		assertThat(terminal.awaitExit()).as(terminal.log()).isZero();
		SampleDaemon daemon = daemon();
		assertThat(daemon.stat().get(3)).as("session").isEqualTo(Long.toString(daemon.pid()));
		assertThat(daemon.stat().get(4)).as("terminal").isEqualTo("0");
		assertThat(daemon.link("cwd")).isEqualTo(this.work.toRealPath());
		assertThat(daemon.link("fd/0")).isEqualTo(Path.of("/dev/null"));
		assertThat(daemon.link("fd/1")).isEqualTo(this.errorLog.toRealPath());
		assertThat(daemon.link("fd/2")).isEqualTo(this.errorLog.toRealPath());
		assertThat(get(daemon.port("echo"))).isEqualTo(daemon.pid());
		assertThat(terminal.log()).contains("Process %d runs in the background".formatted(daemon.pid()));
		logIsOpenedAnewOnHangup(daemon);
		daemon.signal("TERM").awaitExit();
		assertThat(this.pidFile).doesNotExist();
	}

	/**
	 * Return a path as it is written in the directory of this process.
	 */
	private static Path relative(Path path) {
		return Path.of("").toAbsolutePath().relativize(path);
	}

	private void logIsOpenedAnewOnHangup(SampleDaemon daemon) throws IOException {
		Path rotated = Files.move(this.errorLog, this.work.resolve("error.log.1"));
		daemon.signal("HUP");
		await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(this.errorLog));
		daemon.awaitLog("Received SIGHUP");
		assertThat(rotated).content().contains("Phase RUNNING").doesNotContain("Received SIGHUP");
	}

	@Test
	void daemonsUpgradeUnderLoadAndThePidFileNamesTheRightOneAtEveryMoment() throws IOException {
		start("-d");
		SampleDaemon current = daemon();
		try (StrictLoad load = new StrictLoad(current.port("echo")).mixed();
				PidFileWatch watch = new PidFileWatch(this.pidFile)) {
			for (int i = 0; i < UPGRADES; i++) {
				current = upgrade(current, load);
			}
			load.finish();
			System.out.println(Tally.table(load.tallies()));
			System.out.println("Pid file read %d times, named %s".formatted(watch.readings(), watch.seen()));
			assertThat(load.failures()).isEmpty();
			assertThat(watch.violations()).isEmpty();
			assertThat(watch.seen()).hasSize(UPGRADES + 1);
		}
		assertThat(Files.readString(this.pidFile)).isEqualTo(current.pid() + "\n");
		current.signal("INT").awaitExit();
		assertThat(this.pidFile).doesNotExist();
	}

	private SampleDaemon upgrade(SampleDaemon predecessor, StrictLoad load) {
		start("-du");
		assertThat(daemon()).as("named until the successor serves").isEqualTo(predecessor);
		predecessor.signal("QUIT");
		await().atMost(Duration.ofSeconds(30)).until(() -> !daemon().equals(predecessor));
		SampleDaemon successor = daemon();
		await().atMost(Duration.ofSeconds(30)).until(() -> load.servedBy(successor.pid()) > 100);
		predecessor.awaitExit();
		return successor;
	}

	@Test
	void failureOfTheDaemonIsSeenWhereItWasStarted() {
		SampleProcess parent = this.processes.start(arguments("-d", "--pingora.services.echo.listeners=192.0.2.1:80"));
		assertThat(parent.awaitExit()).isEqualTo(1);
		assertThat(parent.log()).contains("APPLICATION FAILED TO START")
			.contains("192.0.2.1:80")
			.containsPattern("The daemon \\(process \\d+\\) has ended with exit code 1 before it was ready");
		assertThat(this.errorLog).content().contains("APPLICATION FAILED TO START");
		assertThat(this.pidFile).doesNotExist();
	}

	@Test
	void daemonThatIsNotReadyInTimeIsStopped() {
		SampleProcess parent = this.processes.startWith(HangingRunner.class,
				arguments("-d", "--pingora.daemon.ready-timeout=4s"));
		assertThat(parent.awaitExit()).isEqualTo(1);
		assertThat(parent.log()).contains("The daemon was not ready within 4 s").contains("exit code 137");
	}

	private SampleProcess start(String... flags) {
		SampleProcess parent = this.processes.start(arguments(flags));
		assertThat(parent.awaitExit()).as(parent.log()).isZero();
		return parent;
	}

	private SampleDaemon daemon() {
		SampleDaemon daemon = SampleDaemon.of(this.pidFile, this.errorLog);
		if (!this.daemons.contains(daemon)) {
			this.daemons.add(daemon);
		}
		return daemon;
	}

	private String[] arguments(String... flags) {
		List<String> arguments = new ArrayList<>(List.of(flags));
		arguments.add("--pingora.pid-file=" + this.pidFile);
		arguments.add("--pingora.error-log=error.log");
		arguments.add("--pingora.working-directory=" + this.work);
		return this.processes.arguments(arguments.toArray(String[]::new)).toArray(String[]::new);
	}

	private static long get(int port) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try (StrictConnection connection = new StrictConnection(address, Duration.ofSeconds(30))) {
			return connection.get("/").pid();
		}
	}

}
