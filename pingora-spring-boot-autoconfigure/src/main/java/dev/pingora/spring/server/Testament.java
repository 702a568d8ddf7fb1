package dev.pingora.spring.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.pingora.spring.listen.Listener;

/**
 * What this process tells its successor in the course of an upgrade: its history always,
 * its counts where they are to be carried over.
 */
final class Testament {

	private final boolean carryOver;

	private final Listeners listeners;

	private final Counts counts;

	private final UpgradeHistory history;

	private final Map<Listener, ConnectionCounts> told = new HashMap<>();

	Testament(boolean carryOver, Listeners listeners, Counts counts, UpgradeHistory history) {
		this.carryOver = carryOver;
		this.listeners = listeners;
		this.counts = counts;
		this.history = history;
	}

	/**
	 * Return what the greeting says: the upgrades before this one, and what was asked
	 * most.
	 */
	String greeting() {
		return new Bequest(this.history.ended(), Map.of(), this.listeners.seen()).text();
	}

	/**
	 * Return what the commit says: this upgrade as far as it has come, and the counts.
	 */
	String commit(UpgradeAttempt attempt) {
		return new Bequest(List.of(attempt.report()), this.carryOver ? countsUpToNow() : Map.of()).text();
	}

	private Map<String, Long> countsUpToNow() {
		Map<String, Long> all = new TreeMap<>(this.counts.all());
		for (Listener listener : this.listeners.all()) {
			ConnectionCounts now = ConnectionCounts.ofThisProcess(listener);
			this.told.put(listener, now);
			now.named(listener).forEach((name, count) -> all.merge(name, count, Long::sum));
		}
		all.values().removeIf((count) -> count == 0);
		return all;
	}

	/**
	 * Return what the last word says: how this upgrade has ended, and what was counted
	 * since the commit.
	 */
	String lastWord(UpgradeAttempt attempt) {
		Map<String, Long> since = new TreeMap<>();
		this.told.forEach((listener, then) -> ConnectionCounts.ofThisProcess(listener)
			.minus(then)
			.named(listener)
			.forEach((name, count) -> since.merge(name, count, Long::sum)));
		since.values().removeIf((count) -> count == 0);
		return new Bequest(List.of(attempt.report()), since).text();
	}

}
