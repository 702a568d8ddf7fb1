package dev.pingora.spring.listen;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SeenRequests}.
 */
class SeenRequestsTests {

	private final SeenRequests seen = new SeenRequests();

	@Test
	void nothingIsWantedBeforeItBegins() {
		assertThat(this.seen.isWanted("GET")).isFalse();
		this.seen.begin(false);
		assertThat(this.seen.isWanted("GET")).isTrue();
		assertThat(this.seen.isWanted("HEAD")).isTrue();
	}

	@Test
	void onlyWhatChangesNothingIsWanted() {
		this.seen.begin(true);
		for (String method : new String[] { "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "get" }) {
			assertThat(this.seen.isWanted(method)).as(method).isFalse();
		}
	}

	@Test
	void theMostFrequentComeFirst() {
		this.seen.begin(false);
		add("/rare", 1);
		add("/often", 3);
		add("/most", 5);
		assertThat(this.seen.top(2)).extracting(SeenRequest::target).containsExactly("/most", "/often");
	}

	@Test
	void queryStringsAreNotedOnlyIfAllowed() {
		this.seen.begin(false);
		add("/a?secret=1", 1);
		assertThat(this.seen.top(9)).extracting(SeenRequest::target).containsExactly("/a");
		SeenRequests allowed = new SeenRequests();
		allowed.begin(true);
		allowed.add("GET", "/a?page=1", null, null);
		assertThat(allowed.top(9)).extracting(SeenRequest::target).containsExactly("/a?page=1");
	}

	@Test
	void memoryIsBoundedAndTheFrequentStay() {
		this.seen.begin(true);
		for (int i = 0; i < 100_000; i++) {
			add("/random/" + i, 1);
			if (i % 20 == 0) {
				add("/hot", 1);
			}
		}
		assertThat(this.seen.top(Integer.MAX_VALUE)).hasSize(SeenRequests.CAPACITY);
		assertThat(this.seen.top(1)).extracting(SeenRequest::target).containsExactly("/hot");
	}

	@Test
	void oldCountsFade() {
		this.seen.begin(false);
		add("/yesterday", 100_000);
		add("/today", 90_000);
		assertThat(this.seen.top(1)).extracting(SeenRequest::target).containsExactly("/today");
	}

	@Test
	void longTargetsHeadersAndStrangeTargetsAreLeftOut() {
		this.seen.begin(true);
		add("/" + "x".repeat(SeenRequests.LONGEST_TARGET), 1);
		add("*", 1);
		add("http://other/", 1);
		this.seen.add("GET", "/a", "x".repeat(1000), "gzip");
		assertThat(this.seen.top(9)).containsExactly(new SeenRequest("GET", "/a", null, "gzip"));
	}

	@Test
	void oneInSixteenIsASampleOfABusyServer() {
		this.seen.begin(false);
		add("/a", 1000);
		assertThat(wanted()).isBetween(9_000, 11_000);
	}

	@Test
	void serverThatForgetsIsAsBusyAsBeforeUntilItBeginsAnew() {
		this.seen.begin(false);
		add("/a", 1000);
		this.seen.forget();
		assertThat(this.seen.top(9)).isEmpty();
		assertThat(wanted()).isBetween(9_000, 11_000);
		this.seen.begin(false);
		assertThat(wanted()).isEqualTo(160_000);
	}

	private int wanted() {
		int wanted = 0;
		for (int i = 0; i < 160_000; i++) {
			wanted += this.seen.isWanted("GET") ? 1 : 0;
		}
		return wanted;
	}

	private void add(String target, int times) {
		for (int i = 0; i < times; i++) {
			this.seen.add("GET", target, "*/*", null);
		}
	}

}
