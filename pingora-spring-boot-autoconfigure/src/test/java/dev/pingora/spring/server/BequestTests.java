package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.pingora.spring.listen.SeenRequest;
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
	void frequentRequestsAreReadAsTheyWereWritten() {
		Map<String, List<SeenRequest>> seen = Map.of("echo",
				List.of(new SeenRequest("GET", "/a%20b?c=d&e=%C3%A4", "text/html, */*;q=0.8", null),
						new SeenRequest("HEAD", "/", null, "gzip, br")),
				"web", List.of(new SeenRequest("GET", "/hello", null, null)));
		Bequest bequest = new Bequest(List.of(this.report), Map.of("sockets", 1L), seen);
		assertThat(bequest.text()).doesNotContain("\n");
		assertThat(Bequest.parse(bequest.text())).isEqualTo(bequest);
	}

	@Test
	void frequentRequestsLeaveRoomInTheLine() {
		SeenRequest request = new SeenRequest("GET", "/" + "%20".repeat(160), "a/b", "gzip");
		Map<String, List<SeenRequest>> seen = new TreeMap<>();
		for (int i = 0; i < 50; i++) {
			seen.put("service-" + i, Collections.nCopies(32, request));
		}
		String text = new Bequest(List.of(), Map.of(), seen).text();
		assertThat(text).hasSizeLessThanOrEqualTo(SeenRequestText.LONGEST);
		assertThat(Bequest.parse(text).seen()).hasSizeGreaterThan(10);
	}

	@Test
	void requestThatCouldDoHarmIsLeftOut() {
		String text = "seen: seen:a&b seen:web&POST&%2F&& seen:web&GET&%2Fa%0D%0AX%3A+y&& seen:web&GET&relative&&"
				+ " seen:web&GET&%2F&a%0D%0Ab& seen:web&GET&%zz&& seen:web&GET&%2Fgood&&&later";
		assertThat(Bequest.parse(text).seen().get("web")).containsExactly(new SeenRequest("GET", "/good", null, null));
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
