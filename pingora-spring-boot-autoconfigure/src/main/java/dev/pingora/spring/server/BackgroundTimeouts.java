package dev.pingora.spring.server;

import java.time.Duration;

/**
 * How long background services may take.
 *
 * @param ready how long the services that others depend on may take to be ready
 * @param stop how long all of them may take to stop
 */
public record BackgroundTimeouts(Duration ready, Duration stop) {
}
