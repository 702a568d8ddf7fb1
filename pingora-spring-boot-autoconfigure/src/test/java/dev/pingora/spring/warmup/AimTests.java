package dev.pingora.spring.warmup;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a request of a warm-up is given up, and for how long it was at work.
 */
class AimTests {

	private static final long MILLIS = 1_000_000;

	private static final long SECONDS = 1000 * MILLIS;

	private final Aim aim = new Aim(new WarmUpRequest(null, "GET", "/", Map.of(), null), null);

	@Test
	void whatWasSentBeforeTheFirstAnswerMayBeSlow() {
		for (int i = 1; i <= 8; i++) {
			this.aim.answered(i, 10 * SECONDS + i);
		}
		assertThat(this.aim.isWorthwhile()).isTrue();
	}

	@Test
	void slowAnswersInARowAreGivenUp() {
		this.aim.answered(1, 2);
		for (int i = 1; i < 5; i++) {
			this.aim.answered(i * SECONDS, (i + 1) * SECONDS);
			assertThat(this.aim.isWorthwhile()).isTrue();
		}
		this.aim.answered(5 * SECONDS, 6 * SECONDS);
		assertThat(this.aim.isWorthwhile()).isFalse();
	}

	@Test
	void quickAnswerBetweenSlowOnesTellsThatProcessorsWereBusy() {
		this.aim.answered(1, 2);
		for (int i = 1; i < 20; i++) {
			this.aim.answered(i * SECONDS, (i + 1) * SECONDS);
			this.aim.answered((i + 1) * SECONDS, (i + 1) * SECONDS + MILLIS);
		}
		assertThat(this.aim.isWorthwhile()).isTrue();
	}

	@Test
	void requestThatBreaksItsConnectionIsGivenUp() {
		this.aim.failed();
		this.aim.failed();
		assertThat(this.aim.isWorthwhile()).isTrue();
		this.aim.failed();
		assertThat(this.aim.isWorthwhile()).isFalse();
	}

	@Test
	void requestThatBreaksItsConnectionNowAndThenIsSentOn() {
		for (int i = 1; i < 10; i++) {
			this.aim.failed();
			this.aim.failed();
			this.aim.answered(i, i + 1);
		}
		assertThat(this.aim.isWorthwhile()).isTrue();
	}

	@Test
	void whatIsBeyondTwiceTheLeastIsWaiting() {
		assertThat(this.aim.work(50 * MILLIS)).as("nothing to compare with").isEqualTo(50 * MILLIS);
		this.aim.answered(0, 40 * MILLIS);
		this.aim.answered(0, 10 * MILLIS);
		this.aim.answered(0, 30 * MILLIS);
		assertThat(this.aim.work(15 * MILLIS)).isEqualTo(15 * MILLIS);
		assertThat(this.aim.work(20 * MILLIS)).isEqualTo(20 * MILLIS);
		assertThat(this.aim.work(50 * MILLIS)).isEqualTo(20 * MILLIS);
	}

}
