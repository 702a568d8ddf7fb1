package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

class StarvationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Semaphore starved = new Semaphore(0);

	@TempDir
	private Path thread;

	@Test
	void threadThatHardlyRunsIsNoticed() throws Exception {
		has(Duration.ofSeconds(3), Duration.ofSeconds(100));
		Starvation starvation = Starvation.of(this.thread).orElseThrow();
		starvation.watch(PATIENCE, this.starved::release);
		has(Duration.ofSeconds(4), Duration.ofSeconds(107));
		assertThat(this.starved.tryAcquire(500, TimeUnit.MILLISECONDS)).as("it runs").isFalse();
		has(Duration.ofSeconds(4), Duration.ofSeconds(109));
		assertThat(this.starved.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.starved.tryAcquire(500, TimeUnit.MILLISECONDS)).as("once").isFalse();
		has(Duration.ofSeconds(4), Duration.ofSeconds(115));
		assertThat(this.starved.tryAcquire(30, TimeUnit.SECONDS)).as("anew").isTrue();
		starvation.end();
		await().until(() -> watchers() == 0);
	}

	@ParameterizedTest
	@CsvSource({ "0, 5, false", "0, 6, true", "1, 8, false", "1, 9, true", "3, 24, false", "3, 25, true",
			"10, 30, false", "10, 31, true" })
	void threadMayWaitForAWhileAndInProportionToWhatItRuns(int ran, int waited, boolean isStarved) throws IOException {
		has(Duration.ZERO, Duration.ZERO);
		Starvation starvation = Starvation.of(this.thread).orElseThrow();
		has(Duration.ofSeconds(ran), Duration.ofSeconds(waited));
		assertThat(starvation.isStarved(PATIENCE)).isEqualTo(isStarved);
	}

	@Test
	void whatIsNoLongerWatchedIsLeftAlone() throws Exception {
		has(Duration.ZERO, Duration.ZERO);
		Starvation starvation = Starvation.of(this.thread).orElseThrow();
		starvation.watch(PATIENCE, this.starved::release);
		starvation.end();
		has(Duration.ZERO, PATIENCE.multipliedBy(2));
		await().until(() -> watchers() == 0);
		assertThat(this.starved.availablePermits()).isZero();
	}

	@Test
	void threadThatHasEndedIsLeftAlone() throws Exception {
		has(Duration.ZERO, Duration.ZERO);
		Starvation.of(this.thread).orElseThrow().watch(PATIENCE, this.starved::release);
		Files.delete(this.thread.resolve("schedstat"));
		await().until(() -> watchers() == 0);
		assertThat(this.starved.availablePermits()).isZero();
	}

	@Test
	void kernelThatDoesNotCountCannotTell() throws Exception {
		assertThat(Starvation.of(this.thread)).as("no such file").isEmpty();
		Files.writeString(this.thread.resolve("schedstat"), "0 0 0\n");
		assertThat(Starvation.of(this.thread)).isEmpty();
		Files.writeString(this.thread.resolve("schedstat"), "nonsense\n");
		assertThat(Starvation.of(this.thread)).isEmpty();
	}

	@Test
	void timeWithoutAnythingToDoDoesNotCount() throws Exception {
		assumeThat(Starvation.ofCaller()).isPresent();
		Starvation starvation = Starvation.ofCaller().orElseThrow();
		Duration idle = Duration.ofMillis(700);
		assertThat(this.starved.tryAcquire(idle.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
		assertThat(starvation.isStarved(idle.dividedBy(2))).isFalse();
	}

	/**
	 * Let the kernel say of the thread how long it ran, and waited.
	 */
	private void has(Duration ran, Duration waited) throws IOException {
		Path next = Files.writeString(this.thread.resolve("next"),
				"%d %d 10%n".formatted(ran.toNanos() + 1, waited.toNanos()));
		Files.move(next, this.thread.resolve("schedstat"), StandardCopyOption.ATOMIC_MOVE);
	}

	private static long watchers() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> "pingora-starvation".equals(thread.getName()))
			.count();
	}

}
