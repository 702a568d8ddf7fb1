package dev.pingora.spring.warmup;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Settling}.
 */
class SettlingTests {

	private static final long WINDOW = 1_000_000_000;

	private final Settling settling = new Settling(Duration.ofNanos(WINDOW), 2, 0, () -> this.compiled);

	private long now;

	private long compiled;

	@Test
	void nothingIsNotSettled() {
		assertThat(this.settling.isSettled()).isFalse();
		assertThat(this.settling.requests()).isZero();
	}

	@Test
	void fallingLatencyIsNotSettled() {
		for (int millis = 1000; millis > 10; millis = millis * 8 / 10) {
			window(millis);
			assertThat(this.settling.isSettled()).isFalse();
		}
	}

	@Test
	void latencyThatStaysIsSettledAfterAFewWindows() {
		quietWindows(9);
		window(10);
		for (int i = 0; i < 3; i++) {
			window(10);
			assertThat(this.settling.isSettled()).isFalse();
		}
		window(10);
		assertThat(this.settling.isSettled()).isTrue();
		assertThat(this.settling.first()).isEqualTo(100);
		assertThat(this.settling.last()).isEqualTo(10);
	}

	@Test
	void latencyThatStaysIsNotSettledWhileTheCompilersAreBusy() {
		for (int i = 0; i < 20; i++) {
			this.compiled += WINDOW / 5;
			window(10);
			assertThat(this.settling.isSettled()).isFalse();
		}
		for (int i = 0; i < 7; i++) {
			window(10);
		}
		assertThat(this.settling.isSettled()).isTrue();
	}

	@Test
	void compilationThatEndedASecondAgoDoesNotSettleAnything() {
		quietWindows(8);
		this.compiled += 3 * WINDOW;
		for (int i = 0; i < 11; i++) {
			window(100);
			assertThat(this.settling.isSettled()).isFalse();
		}
	}

	@Test
	void risingLatencyIsSettledToo() {
		for (int millis = 10; millis < 150; millis += 10) {
			window(millis);
		}
		assertThat(this.settling.isSettled()).isTrue();
	}

	@Test
	void longWindowsNeedNotBeAsMany() {
		for (int i = 0; i < 5; i++) {
			this.now += 3 * WINDOW;
			window(10);
		}
		assertThat(this.settling.isSettled()).isTrue();
	}

	@Test
	void requestsThatWaitForProcessorsSettleOnlyWhenThereWereManyOfThem() {
		for (int i = 0; i < 30; i++) {
			crowdedWindow(500);
			assertThat(this.settling.isSettled()).isFalse();
		}
		crowdedWindow(50_000 - this.settling.requests());
		assertThat(this.settling.isSettled()).isTrue();
	}

	@Test
	void manyRequestsMakeWarmBeforeLatencyHasSettled() {
		crowdedWindow(14_999);
		assertThat(this.settling.isWarm()).isFalse();
		crowdedWindow(1);
		assertThat(this.settling.isWarm()).isTrue();
		assertThat(this.settling.isSettled()).isFalse();
	}

	@Test
	void settledLatencyMakesWarm() {
		quietWindows(11);
		assertThat(this.settling.isWarm()).isFalse();
		quietWindows(1);
		assertThat(this.settling.isWarm()).isTrue();
	}

	private void crowdedWindow(int requests) {
		for (int i = 1; i < requests; i++) {
			this.settling.add(10_000_000, 1_000_000, this.now);
		}
		this.now += WINDOW;
		this.settling.add(10_000_000, 1_000_000, this.now);
	}

	private void quietWindows(int count) {
		for (int i = 0; i < count; i++) {
			window(100);
		}
	}

	@Test
	void slowestTenthDoesNotCount() {
		for (int i = 0; i < 9; i++) {
			this.settling.add(5_000_000, 5_000_000, this.now);
		}
		this.now += WINDOW;
		this.settling.add(5_000_000_000L, 5_000_000_000L, this.now);
		assertThat(this.settling.first()).isEqualTo(5);
	}

	@Test
	void windowHasEveryKindOfRequest() {
		this.now += 5 * WINDOW;
		this.settling.add(10_000_000, 10_000_000, this.now);
		this.settling.add(30_000_000, 30_000_000, this.now);
		this.settling.add(50_000_000, 50_000_000, this.now + WINDOW);
		assertThat(this.settling.first()).isEqualTo(10);
		assertThat(this.settling.requests()).isEqualTo(3);
	}

	private void window(int millis) {
		this.now += WINDOW;
		this.settling.add(millis * 1_000_000L, millis * 1_000_000L, this.now - 1);
		this.settling.add(millis * 1_000_000L, millis * 1_000_000L, this.now);
	}

}
