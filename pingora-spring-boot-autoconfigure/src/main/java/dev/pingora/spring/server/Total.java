package dev.pingora.spring.server;

import java.time.Duration;

/**
 * How often something came to its end, and how long it took.
 *
 * @param count how often
 * @param time how long all of them took together
 */
public record Total(long count, Duration time) {
}
