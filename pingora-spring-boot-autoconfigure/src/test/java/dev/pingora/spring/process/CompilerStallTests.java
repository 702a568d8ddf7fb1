package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class CompilerStallTests {

	private static final Duration PATIENCE = Duration.ofMillis(100);

	private final Semaphore stalls = new Semaphore(0);

	@TempDir
	private Path threads;

	private CompilerStall watching;

	@AfterEach
	void end() {
		if (this.watching != null) {
			this.watching.end();
		}
		await().until(() -> watchers() == 0);
	}

	@Test
	void compilerThatCouldRunAndDoesNotIsNoticedOnce() throws Exception {
		has("C2 CompilerThre", 'R', 1);
		watch(PATIENCE);
		assertThat(this.stalls.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		await().until(() -> watchers() == 0);
		assertThat(this.stalls.availablePermits()).isZero();
	}

	@Test
	void compilerThatBeginsLaterIsNoticed() throws Exception {
		has("C2 CompilerThre", 'S', 1);
		watch(PATIENCE);
		assertThat(this.stalls.tryAcquire(200, TimeUnit.MILLISECONDS)).isFalse();
		has("C1 CompilerThre", 'R', 1);
		assertThat(this.stalls.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "C2 CompilerThre, S", "main, R" })
	void threadThatHasNothingToDoOrDoesNotCompileMayWait(String name, char state) throws Exception {
		has(name, state, 1);
		watch(PATIENCE);
		assertThat(this.stalls.tryAcquire(500, TimeUnit.MILLISECONDS)).isFalse();
	}

	@Test
	void compilerThatRunsNowAndThenMayWait() throws Exception {
		has("C2 CompilerThre", 'R', 0);
		watch(Duration.ofSeconds(2));
		long begin = System.nanoTime();
		for (int ran = 1; System.nanoTime() - begin < Duration.ofSeconds(3).toNanos(); ran++) {
			has("C2 CompilerThre", 'R', ran);
			assertThat(this.stalls.tryAcquire(30, TimeUnit.MILLISECONDS)).isFalse();
		}
	}

	@Test
	void compilerThatSleepsInBetweenWaitsAnew() throws Exception {
		has("C2 CompilerThre", 'R', 1);
		watch(Duration.ofSeconds(2));
		assertThat(this.stalls.tryAcquire(1, TimeUnit.SECONDS)).isFalse();
		has("C2 CompilerThre", 'S', 1);
		assertThat(this.stalls.tryAcquire(500, TimeUnit.MILLISECONDS)).isFalse();
		has("C2 CompilerThre", 'R', 1);
		assertThat(this.stalls.tryAcquire(1, TimeUnit.SECONDS)).isFalse();
		assertThat(this.stalls.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void threadsThatAreNotShownAreNotWatched() throws Exception {
		this.watching = CompilerStall.watch(this.threads.resolve("none"), PATIENCE, this.stalls::release);
		await().until(() -> watchers() == 0);
		assertThat(this.stalls.availablePermits()).isZero();
	}

	@Test
	void whatIsNoLongerWatchedIsLeftAlone() throws Exception {
		has("C2 CompilerThre", 'S', 1);
		watch(PATIENCE);
		this.watching.end();
		has("C2 CompilerThre", 'R', 1);
		await().until(() -> watchers() == 0);
		assertThat(this.stalls.availablePermits()).isZero();
	}

	private void watch(Duration patience) {
		this.watching = CompilerStall.watch(this.threads, patience, this.stalls::release);
	}

	/**
	 * Let the kernel say of a thread what it is doing, and for how long it ran.
	 */
	private void has(String name, char state, int ran) throws IOException {
		Path thread = Files.createDirectories(this.threads.resolve(Integer.toString(1 + name.indexOf('1'))));
		write(thread.resolve("comm"), name + "\n");
		write(thread.resolve("stat"), "1 (%s) %s 1 1%n".formatted(name, state));
		write(thread.resolve("schedstat"), "%d 1 1%n".formatted(ran));
	}

	private void write(Path file, String content) throws IOException {
		Path next = Files.writeString(this.threads.resolveSibling(this.threads.getFileName() + ".next"), content);
		Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
	}

	private static long watchers() {
		return Watchers.named("pingora-compilers");
	}

}
