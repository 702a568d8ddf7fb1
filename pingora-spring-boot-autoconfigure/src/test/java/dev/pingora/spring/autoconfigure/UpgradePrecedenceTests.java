package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import dev.pingora.spring.process.Precedence;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.SuccessorStart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Which of its own threads a process lets come after those of the other.
 */
class UpgradePrecedenceTests {

	private static final int STEPS = 3;

	/**
	 * Which fields of {@code proc_pid_stat(5)} are the nice value and the policy, from
	 * the state on.
	 */
	private static final int NICE = 16;

	private static final int POLICY = 38;

	private static final int SCHED_OTHER = 0;

	/**
	 * A thread that serves.
	 */
	private final ExecutorService requests = Executors.newSingleThreadExecutor();

	private final UpgradePrecedence precedence = UpgradePrecedence
		.of(new MockEnvironment().withProperty("pingora.upgrade.nice", Integer.toString(STEPS)));

	private final int usual = nice();

	@BeforeEach
	void onlyWhatCanBeTakenBack() {
		assumeThat(Precedence.of(STEPS, false)).isPresent();
		assertThat(ofRequests()).isEqualTo(this.usual);
	}

	@AfterEach
	void raise() {
		this.precedence.onPhase(ExecutionPhase.RUNNING, false);
		this.precedence.started();
		assertThat(nice()).isEqualTo(ofRequests()).isEqualTo(this.usual);
		this.requests.shutdown();
	}

	@Test
	void requestsOfWarmSuccessorGoBeforeTheRestOfItsUpgrade() {
		this.precedence.startLow();
		assertThat(nice()).isEqualTo(ofRequests()).isEqualTo(this.usual + STEPS);
		this.precedence.onPhase(ExecutionPhase.PREPARED, true);
		assertThat(ofRequests()).isEqualTo(this.usual);
		assertThat(nice()).isEqualTo(ofCompiler()).isEqualTo(this.usual + STEPS);
		assertThat(ofCompiler(POLICY)).isEqualTo(SCHED_OTHER);
		this.precedence.onPhase(ExecutionPhase.RUNNING, true);
		this.precedence.started();
		assertThat(ofCompiler()).isEqualTo(this.usual + STEPS);
		assertThat(nice()).isEqualTo(this.usual);
	}

	@Test
	void compilersOfColdSuccessorAreAsUsualWhenItIsPrepared() {
		this.precedence.startLow();
		assertThat(ofCompiler()).isEqualTo(this.usual + STEPS);
		this.precedence.onPhase(ExecutionPhase.PREPARED, false);
		assertThat(ofCompiler()).isEqualTo(ofRequests()).isEqualTo(nice()).isEqualTo(this.usual);
	}

	@Test
	void successorBeginsAsUsual() throws IOException {
		SuccessorStart start = new SuccessorStartAsUsual(() -> new ProcessBuilder("nice").start(), this.precedence);
		this.precedence.onPhase(ExecutionPhase.HANDING_OVER, false);
		assertThat(nice()).isEqualTo(this.usual + STEPS);
		Process process = start.start();
		assertThat(process.inputReader().readLine()).isEqualTo(Integer.toString(this.usual));
		assertThat(nice()).isEqualTo(this.usual + STEPS);
		SuccessorStart failing = new SuccessorStartAsUsual(() -> {
			throw new IOException("not there");
		}, this.precedence);
		assertThatIOException().isThrownBy(failing::start).withMessage("not there");
		assertThat(nice()).isEqualTo(this.usual + STEPS);
	}

	@Test
	void predecessorEndsBehindItsSuccessor() {
		this.precedence.onPhase(ExecutionPhase.HANDING_OVER, false);
		assertThat(ofRequests()).isEqualTo(this.usual);
		assertThat(nice()).isEqualTo(this.usual + STEPS);
		this.precedence.onPhase(ExecutionPhase.SHARING, false);
		assertThat(nice()).isEqualTo(this.usual);
		this.precedence.onPhase(ExecutionPhase.DRAINING, false);
		assertThat(ofRequests()).isEqualTo(this.usual);
		assertThat(nice()).isEqualTo(this.usual + STEPS);
		this.precedence.onPhase(ExecutionPhase.TERMINATED, false);
		assertThat(nice()).isEqualTo(ofRequests()).isEqualTo(this.usual + STEPS);
	}

	@Test
	void processThatHandsNothingOverIsAsUsualToItsEnd() {
		this.precedence.onPhase(ExecutionPhase.RUNNING, false);
		this.precedence.onPhase(ExecutionPhase.DRAINING, false);
		this.precedence.onPhase(ExecutionPhase.TERMINATED, false);
		assertThat(nice()).isEqualTo(ofRequests()).isEqualTo(this.usual);
	}

	@Test
	void failedUpgradeIsTakenBack() {
		this.precedence.onPhase(ExecutionPhase.HANDING_OVER, false);
		this.precedence.onPhase(ExecutionPhase.RUNNING, false);
		assertThat(nice()).isEqualTo(this.usual);
		this.precedence.onPhase(ExecutionPhase.DRAINING, false);
		assertThat(nice()).as("after a failed upgrade").isEqualTo(this.usual);
	}

	private int ofRequests() {
		return CompletableFuture.supplyAsync(UpgradePrecedenceTests::nice, this.requests).join();
	}

	private static int ofCompiler() {
		return ofCompiler(NICE);
	}

	private static int ofCompiler(int field) {
		try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
			return threads.map((thread) -> thread.resolve("stat"))
				.filter((stat) -> stat(stat).contains("(C1 Compiler"))
				.mapToInt((stat) -> field(stat, field))
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the nice value of the calling thread.
	 */
	private static int nice() {
		return field(Path.of("/proc/thread-self/stat"), NICE);
	}

	private static int field(Path thread, int field) {
		String stat = stat(thread);
		return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
	}

	/**
	 * Return what the kernel says of a thread, or nothing if it has ended.
	 */
	private static String stat(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return "";
		}
	}

}
