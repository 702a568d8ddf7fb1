package dev.pingora.spring.server;

import java.util.List;

import dev.pingora.spring.service.BackgroundService;

/**
 * A background service with what the configuration says of it.
 *
 * @param service the service
 * @param dependsOn the names of the services that have to be ready before it starts
 */
public record BackgroundPlan(BackgroundService service, List<String> dependsOn) {
}
