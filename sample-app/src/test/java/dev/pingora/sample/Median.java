package dev.pingora.sample;

import java.util.List;

/**
 * The middle of what was measured several times.
 */
final class Median {

	private Median() {
	}

	static long of(List<Long> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

}
