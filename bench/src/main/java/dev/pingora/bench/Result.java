package dev.pingora.bench;

import java.util.List;

/**
 * What one contender made of some upgrades, one after the other.
 *
 * @param title what it is
 * @param version which version it has
 * @param runs the upgrades
 */
record Result(String title, String version, List<Run> runs) {

	long failed() {
		return this.runs.stream().mapToLong(Run::failed).sum();
	}

}
