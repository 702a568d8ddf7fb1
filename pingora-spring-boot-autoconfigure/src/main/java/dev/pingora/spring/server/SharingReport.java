package dev.pingora.spring.server;

import java.time.Instant;

/**
 * How far a predecessor has left its traffic to its successor, while both serve.
 *
 * @param until when the successor has all
 * @param share the successor's share, from 0 to 1
 */
public record SharingReport(Instant until, double share) {
}
