package dev.pingora.spring.server;

import java.time.Instant;

/**
 * How far a drain has come.
 *
 * @param begun when it began
 * @param deadline when the connections are cut off that are left then
 * @param connections how many connections were open when it began
 * @param active how many of them are still open
 * @param busy how many of these have an exchange that is not finished
 */
public record DrainReport(Instant begun, Instant deadline, int connections, int active, int busy) {
}
