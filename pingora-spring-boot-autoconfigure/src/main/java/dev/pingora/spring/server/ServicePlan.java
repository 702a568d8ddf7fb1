package dev.pingora.spring.server;

import java.util.List;

import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.ListenerOptions;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.service.Service;

/**
 * A service with what the configuration says of it.
 *
 * @param service the service
 * @param addresses where it listens
 * @param options how its sockets are opened
 * @param threads how many event-loop threads it has
 * @param listenerOptions how its connections are treated
 * @param dependsOn the names of the services that have to be ready before it accepts
 */
public record ServicePlan(Service service, List<ListenAddress> addresses, SocketOptions options, int threads,
		ListenerOptions listenerOptions, List<String> dependsOn) {
}
