package dev.pingora.spring.server;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SpreadTests {

	private final Spread spread = Spread.over(Duration.ofSeconds(4), 2);

	@Test
	void shareGrowsSlowlyAtFirstAndEndsWithAll() {
		assertThat(share(0)).isZero();
		assertThat(share(1000)).isEqualTo(1.0 / 16);
		assertThat(share(2000)).isEqualTo(1.0 / 4);
		assertThat(share(4000)).isEqualTo(1);
		assertThat(share(9000)).isEqualTo(1);
	}

	private double share(long millis) {
		return this.spread.share(Duration.ofMillis(millis).toNanos());
	}

	@Test
	void successorReadsWhatThePredecessorSays() {
		assertThat(Spread.parse(this.spread.after("count:a=1"))).isEqualTo(this.spread);
		assertThat(Spread.parse(this.spread.after(""))).isEqualTo(this.spread);
	}

	@Test
	void nothingIsSaidWhereAllGoesOverAtOnce() {
		assertThat(Spread.AT_ONCE.after("count:a=1")).isEqualTo("count:a=1");
		assertThat(Spread.parse("count:a=1")).isEqualTo(Spread.AT_ONCE);
	}

	@Test
	void wordThatMakesNoSenseIsNoSpread() {
		assertThat(Spread.parse("spread:4000")).isEqualTo(Spread.AT_ONCE);
		assertThat(Spread.parse("spread:4000/0")).isEqualTo(Spread.AT_ONCE);
		assertThat(Spread.parse("spread:-1/20")).isEqualTo(Spread.AT_ONCE);
		assertThat(Spread.parse("spread:99999999999999999999/20")).isEqualTo(Spread.AT_ONCE);
	}

	@Test
	void turnIsLongerForManyListenersUpToALimit() {
		assertThat(Spread.over(Duration.ofSeconds(4), 2).turn()).isEqualTo(Duration.ofMillis(20));
		assertThat(Spread.over(Duration.ofSeconds(4), 100).turn()).isEqualTo(Duration.ofMillis(100));
		assertThat(Spread.over(Duration.ofSeconds(4), 5000).turn()).isEqualTo(Duration.ofMillis(500));
	}

}
