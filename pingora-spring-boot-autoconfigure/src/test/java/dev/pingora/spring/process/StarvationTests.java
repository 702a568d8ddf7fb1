package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

class StarvationTests {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final CountDownLatch starved = new CountDownLatch(1);

	@TempDir
	private Path thread;

	@Test
	void whatWaitsForTooLongIsNoticed() throws Exception {
		hasWaited(Duration.ofSeconds(100));
		Starvation starvation = Starvation.of(this.thread).orElseThrow();
		starvation.watch(LIMIT, this.starved::countDown);
		hasWaited(Duration.ofSeconds(105));
		assertThat(starvation.waited()).isEqualTo(LIMIT);
		assertThat(this.starved.await(500, TimeUnit.MILLISECONDS)).as("just within the limit").isFalse();
		hasWaited(Duration.ofSeconds(106));
		assertThat(this.starved.await(30, TimeUnit.SECONDS)).isTrue();
		await().until(() -> watchers() == 0);
	}

	@Test
	void whatIsNoLongerWatchedIsLeftAlone() throws Exception {
		hasWaited(Duration.ZERO);
		Starvation starvation = Starvation.of(this.thread).orElseThrow();
		starvation.watch(LIMIT, this.starved::countDown);
		starvation.end();
		hasWaited(LIMIT.multipliedBy(2));
		await().until(() -> watchers() == 0);
		assertThat(this.starved.getCount()).isEqualTo(1);
	}

	@Test
	void threadThatHasEndedIsLeftAlone() throws Exception {
		hasWaited(Duration.ZERO);
		Starvation.of(this.thread).orElseThrow().watch(LIMIT, this.starved::countDown);
		Files.delete(this.thread.resolve("schedstat"));
		await().until(() -> watchers() == 0);
		assertThat(this.starved.getCount()).isEqualTo(1);
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
		assertThat(this.starved.await(idle.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
		assertThat(starvation.waited()).isBetween(Duration.ZERO, idle.dividedBy(2));
	}

	private void hasWaited(Duration time) throws IOException {
		Path next = Files.writeString(this.thread.resolve("next"), "1000 " + time.toNanos() + " 10\n");
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
