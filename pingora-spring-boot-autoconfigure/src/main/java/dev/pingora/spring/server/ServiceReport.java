package dev.pingora.spring.server;

import java.util.List;

/**
 * A service with its listeners.
 *
 * @param name the name of the service; {@code web} and {@code management} for the
 * application's own web server and its management port
 * @param listeners where it listens
 */
public record ServiceReport(String name, List<ListenerReport> listeners) {
}
