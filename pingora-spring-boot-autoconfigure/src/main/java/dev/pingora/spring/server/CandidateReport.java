package dev.pingora.spring.server;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a test of a candidate has shown: of a process that would be the successor, run
 * with {@code -t} beside this one.
 *
 * @param outcome whether it would start
 * @param reason why it would not, in a sentence, or {@code null} where it would
 * @param duration how long the test took
 * @param exitCode the exit code of the candidate, or {@code null} where it did not end by
 * itself
 * @param findings what the candidate printed last: what it has checked, or its failure
 */
public record CandidateReport(CandidateOutcome outcome, @Nullable String reason, Duration duration,
		@Nullable Integer exitCode, List<String> findings) {

	static CandidateReport refused(String reason) {
		return new CandidateReport(CandidateOutcome.REFUSED, reason, Duration.ZERO, null, List.of());
	}

}
