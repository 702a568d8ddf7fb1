package dev.pingora.spring.server;

/**
 * A background service in this process.
 *
 * @param name its name
 * @param state what it does
 */
public record BackgroundReport(String name, BackgroundState state) {
}
