package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Bequest}.
 */
class BequestTests {

	private final UpgradeReport report = new UpgradeReport(Instant.ofEpochMilli(1_700_000_000_123L),
			Duration.ofNanos(1234), UpgradeOutcome.FAILED, "it said 'no' = & never: ä", 3, 17, 18L, 2,
			Map.of(UpgradeStep.CONNECT, Duration.ofNanos(7)));

	@Test
	void isReadAsItWasWritten() {
		Bequest bequest = new Bequest(List.of(this.report, this.report),
				Map.of("accepted/echo/127.0.0.1:0", 12L, "a name = with %", 3L));
		assertThat(Bequest.parse(bequest.text())).isEqualTo(bequest);
	}

	@Test
	void nothingIsAnEmptyLine() {
		assertThat(Bequest.NONE.text()).isEmpty();
		assertThat(Bequest.parse("")).isEqualTo(Bequest.NONE);
	}

	@Test
	void wordsOfAnotherVersionAreLeftOut() {
		Bequest bequest = new Bequest(List.of(this.report), Map.of("sockets", 1L));
		String text = "later:1 upgrade:begun upgrade:outcome=EXPLODED&begun=1 count:x=y count:=3 " + bequest.text();
		assertThat(Bequest.parse(text)).isEqualTo(bequest);
	}

	@Test
	void longReasonIsShortened() {
		UpgradeReport lengthy = new UpgradeReport(this.report.begun(), this.report.duration(), this.report.outcome(),
				"x".repeat(5000), 3, 17, null, 2, Map.of());
		UpgradeReport read = Bequest.parse(new Bequest(List.of(lengthy), Map.of()).text()).upgrades().get(0);
		assertThat(read.reason()).hasSize(301).endsWith("x…");
		assertThat(read.successor()).isNull();
	}

}
