package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.pingora.sample.load.StrictLoad;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Which of the two processes of an upgrade the kernel lets go first.
 */
class PrecedenceEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(90);

	private static final int LOW = 10;

	private static final int CAP_SYS_NICE = 23;

	private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

	/**
	 * Which field of {@code proc_pid_stat(5)} is the nice value, from the state on.
	 */
	private static final int NICE = 16;

	/**
	 * Which field is the policy.
	 */
	private static final int POLICY = 38;

	private static final int SCHED_OTHER = 0;

	private static final int SCHED_IDLE = 5;

	private static final boolean COMPILERS = true;

	private static final boolean OTHERS = false;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void successorAndHandOverAreLowUntilItIsPreparedAndCompilersOfBothWhileBothServe() {
		assumeThat(mayRise()).isTrue();
		SampleProcess predecessor = this.processes.start().awaitRunning();
		SampleProcess successor = this.processes.start("-u", "--pingora.upgrade.warm-up.timeout=60s")
			.awaitLog("Waiting for the predecessor");
		try (StrictLoad load = new StrictLoad(predecessor.port("echo")).light()) {
			assertThat(successor.log()).contains("Starting behind the process that serves: nice 10");
			assertThat(nice(successor, OTHERS)).containsExactly(LOW);
			assertThat(stats(successor.threads()).map(PrecedenceEndToEndTests::policy)).containsOnly(SCHED_IDLE);
			await().atMost(TIMEOUT).until(() -> load.served() > 100);
			predecessor.signal("QUIT");
			await().atMost(TIMEOUT).until(() -> nice(predecessor, COMPILERS).contains(LOW));
			assertThat(nice(predecessor, OTHERS)).as("requests, and the hand-over").containsExactlyInAnyOrder(0, LOW);
			predecessor.awaitLog("Phase SHARING");
			await().atMost(TIMEOUT).until(() -> nice(predecessor, OTHERS).equals(Set.of(0)));
			assertThat(nice(predecessor, COMPILERS)).contains(LOW);
			successor.awaitRunning();
			await().atMost(TIMEOUT).until(() -> nice(successor, OTHERS).equals(Set.of(0)));
			assertThat(stats(successor.threads()).map(PrecedenceEndToEndTests::policy)).containsOnly(SCHED_OTHER);
			assertThat(nice(successor, COMPILERS)).containsExactly(LOW);
			assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
			await().atMost(TIMEOUT).until(() -> !nice(successor, COMPILERS).contains(LOW));
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void compilersAreAsBeforeWithoutWarmUpAndWhereThePredecessorTakesTheTrafficBack() {
		assumeThat(mayRise()).isTrue();
		SampleProcess predecessor = this.processes.start("--pingora.upgrade.drain-spread=60s").awaitRunning();
		SampleProcess successor = this.processes.start("-u", "--pingora.upgrade.warm-up.enabled=false")
			.awaitLog("Waiting for the predecessor");
		try (StrictLoad load = new StrictLoad(predecessor.port("echo")).light()) {
			await().atMost(TIMEOUT).until(() -> load.served() > 100);
			predecessor.signal("QUIT");
			successor.awaitRunning();
			assertThat(nice(successor, COMPILERS)).containsExactly(0);
			await().atMost(TIMEOUT).until(() -> nice(predecessor, COMPILERS).contains(LOW));
		}
		successor.signal("KILL");
		predecessor.awaitLog("takes the traffic back");
		await().atMost(TIMEOUT).until(() -> !nice(predecessor, COMPILERS).contains(LOW));
	}

	@Test
	void successorThatHardlyRunsIsAsUsualAndTakesOverAllTheSame() {
		assumeThat(mayRise()).isTrue();
		SampleProcess predecessor = this.processes
			.start("--pingora.upgrade.spawn=true", "--pingora.upgrade.warm-up.enabled=false")
			.awaitRunning();
		AtomicBoolean scarce = new AtomicBoolean(true);
		try (StrictLoad load = new StrictLoad(predecessor.port("echo")).light()) {
			await().atMost(TIMEOUT).until(() -> load.served() > 100);
			takeProcessors(scarce);
			predecessor.signal("QUIT");
			predecessor.awaitLog("Processors are hardly ever idle");
			predecessor.awaitLog("gets hardly any processor time");
			scarce.set(false);
			assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
			assertThat(load.finish().failures()).isEmpty();
		}
		finally {
			scarce.set(false);
		}
		assertThat(predecessor.log()).contains("Starting behind the process that serves: nice 10");
		assertThat(stats(SampleProcess.threads(predecessor.startedSuccessor())))
			.allMatch((stat) -> nice(stat) == 0 && policy(stat) == SCHED_OTHER);
	}

	/**
	 * Keep every processor busy several times over.
	 */
	private static void takeProcessors(AtomicBoolean scarce) {
		for (int i = 0; i < 6 * Runtime.getRuntime().availableProcessors(); i++) {
			Thread thread = new Thread(() -> {
				while (scarce.get()) {
					Thread.onSpinWait();
				}
			}, "busy-" + i);
			thread.setDaemon(true);
			thread.start();
		}
	}

	@Test
	void whatCouldNotRiseAgainIsNotLowered() {
		SampleProcess predecessor = startLimited().awaitRunning();
		SampleProcess successor = startLimited("-u").awaitLog("Waiting for the predecessor");
		assertThat(successor.log()).contains("Starting beside the process that serves");
		assertThat(nice(successor, OTHERS)).containsExactly(0);
		assertThat(nice(successor, COMPILERS)).containsExactly(0);
		predecessor.signal("QUIT");
		successor.awaitRunning();
		assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
	}

	/**
	 * Start the sample without the capability to rise again.
	 */
	private SampleProcess startLimited(String... arguments) {
		List<String> command = new ArrayList<>();
		if (mayRise()) {
			assumeThat(SETPRIV).isExecutable();
			command.addAll(List.of(SETPRIV.toString(), "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"));
		}
		command.addAll(SampleProcess.jar(List.of(), this.processes.arguments(arguments)));
		return this.processes.run(command);
	}

	/**
	 * Return the nice values of the threads that compile, or of all others.
	 */
	private static Set<Integer> nice(SampleProcess process, boolean compilers) {
		return stats(process.threads()).filter((stat) -> compiles(stat) == compilers)
			.map(PrecedenceEndToEndTests::nice)
			.collect(Collectors.toSet());
	}

	private static Stream<String> stats(List<Path> threads) {
		return threads.stream().map(PrecedenceEndToEndTests::stat).filter((stat) -> !stat.isEmpty());
	}

	private static boolean compiles(String stat) {
		return stat.contains("CompilerThre");
	}

	private static int nice(String stat) {
		return field(stat, NICE);
	}

	private static int policy(String stat) {
		return field(stat, POLICY);
	}

	private static int field(String stat, int index) {
		return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ")[index]);
	}

	/**
	 * Return what the kernel says of a thread, or nothing if it has ended.
	 */
	private static String stat(Path thread) {
		try {
			return Files.readString(thread.resolve("stat"));
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Return whether this process, and what it starts, has {@code CAP_SYS_NICE}.
	 */
	private static boolean mayRise() {
		try {
			String effective = Files.readAllLines(Path.of("/proc/self/status"))
				.stream()
				.filter((line) -> line.startsWith("CapEff:"))
				.findFirst()
				.orElseThrow()
				.split("\t")[1];
			return (Long.parseUnsignedLong(effective, 16) >> CAP_SYS_NICE & 1) == 1;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
