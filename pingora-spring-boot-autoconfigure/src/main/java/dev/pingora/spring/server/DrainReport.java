package dev.pingora.spring.server;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How far a drain has come.
 *
 * @param begun when it began
 * @param deadline when the connections are cut off that are left then
 * @param connections how many connections were open when it began
 * @param active how many of them are still open
 * @param busy how many of these have an exchange that is not finished
 * @param sharing how far this process has left its traffic to its successor, while both
 * accept, or {@code null}
 */
public record DrainReport(Instant begun, Instant deadline, int connections, int active, int busy,
		@Nullable SharingReport sharing) {
}
