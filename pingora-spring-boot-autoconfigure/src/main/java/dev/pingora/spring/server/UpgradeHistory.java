package dev.pingora.spring.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The latest upgrades of a server, those of its predecessors included, and the counts of
 * all of them.
 */
final class UpgradeHistory {

	private static final int LIMIT = 20;

	private final Counts counts;

	private final Deque<Supplier<UpgradeReport>> latest = new ArrayDeque<>();

	UpgradeHistory(Counts counts) {
		this.counts = counts;
	}

	/**
	 * Keep an upgrade that has begun.
	 */
	void keep(UpgradeAttempt attempt) {
		keep(attempt::report);
	}

	/**
	 * Go on with what the predecessor has noted of the upgrade that made this process.
	 */
	UpgradeAttempt resume(UpgradeReport noted) {
		UpgradeAttempt attempt = UpgradeAttempt.resume(noted);
		keep(attempt);
		return attempt;
	}

	/**
	 * Note what became of an upgrade.
	 */
	UpgradeReport end(UpgradeAttempt attempt, UpgradeOutcome outcome, @Nullable String reason) {
		attempt.end(outcome, reason);
		UpgradeReport report = attempt.report();
		this.counts.add(Counts.upgrades(outcome), 1);
		if (outcome != UpgradeOutcome.TAKEN_BACK) {
			this.counts.add(Counts.upgradeNanos(outcome), report.duration().toNanos());
			this.counts.add(Counts.SOCKETS, report.sockets());
			report.steps().forEach(this::count);
		}
		return report;
	}

	private void count(UpgradeStep step, Duration time) {
		this.counts.add(Counts.steps(step), 1);
		this.counts.add(Counts.stepNanos(step), time.toNanos());
	}

	/**
	 * Note how long the drain took that followed an upgrade.
	 */
	void drained(UpgradeAttempt attempt) {
		attempt.completed(UpgradeStep.DRAIN);
		Duration time = attempt.report().steps().get(UpgradeStep.DRAIN);
		if (time != null) {
			count(UpgradeStep.DRAIN, time);
		}
	}

	/**
	 * Take over what the predecessors have noted.
	 */
	synchronized void inherit(List<UpgradeReport> reports) {
		reports.forEach((report) -> keep(() -> report));
	}

	private synchronized void keep(Supplier<UpgradeReport> report) {
		this.latest.addLast(report);
		if (this.latest.size() > LIMIT) {
			this.latest.removeFirst();
		}
	}

	/**
	 * Replace the report of an upgrade that made this process by that of its predecessor,
	 * which has drained since.
	 */
	synchronized void replace(UpgradeReport later) {
		Duration time = later.steps().get(UpgradeStep.DRAIN);
		if (time != null) {
			count(UpgradeStep.DRAIN, time);
		}
		List<Supplier<UpgradeReport>> all = List.copyOf(this.latest);
		this.latest.clear();
		all.forEach((report) -> this.latest.addLast(report.get().isSameAs(later) ? () -> later : report));
	}

	/**
	 * Return the upgrades that have come to their end.
	 * @return the earliest first
	 */
	synchronized List<UpgradeReport> ended() {
		return this.latest.stream()
			.map(Supplier::get)
			.filter((report) -> report.outcome() != UpgradeOutcome.UNDER_WAY)
			.toList();
	}

	/**
	 * Return the upgrades.
	 * @return the latest first
	 */
	synchronized List<UpgradeReport> reports() {
		List<UpgradeReport> reports = new ArrayList<>();
		this.latest.forEach((report) -> reports.add(report.get()));
		Collections.reverse(reports);
		return reports;
	}

}
