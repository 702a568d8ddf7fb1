package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One upgrade of this server, by this process or by one before it.
 *
 * @param begun when it began
 * @param duration how long it took until the successor served or the upgrade failed; so
 * far, where it is under way
 * @param outcome what became of it
 * @param reason why it did not succeed, or {@code null} if it did
 * @param generation the generation that handed over
 * @param predecessor the pid of the process that handed over
 * @param successor the pid of the process that took over, or {@code null} if none came
 * @param sockets how many listening sockets were handed over
 * @param steps how long each of the steps took that came to their end
 */
public record UpgradeReport(Instant begun, Duration duration, UpgradeOutcome outcome, @Nullable String reason,
		int generation, long predecessor, @Nullable Long successor, int sockets, Map<UpgradeStep, Duration> steps) {

	boolean isSameAs(UpgradeReport other) {
		return this.begun.equals(other.begun) && this.predecessor == other.predecessor;
	}

}
