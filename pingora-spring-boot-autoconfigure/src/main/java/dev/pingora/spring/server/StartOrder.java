package dev.pingora.spring.server;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.pingora.spring.listen.Listener;

/**
 * The order in which listeners begin to accept: at first those of services that wait for
 * no other.
 */
final class StartOrder {

	private final Map<String, List<String>> dependencies = new ConcurrentHashMap<>();

	private final Readiness readiness;

	private final Duration timeout;

	StartOrder(Readiness readiness, Duration timeout) {
		this.readiness = readiness;
		this.timeout = timeout;
	}

	void plan(List<ServicePlan> plans) {
		plans.forEach((plan) -> this.dependencies.put(plan.service().name(), plan.dependsOn()));
	}

	/**
	 * Accept on every listener.
	 * @param listeners the listeners, each after those of services that it depends on
	 * @param later those that somebody else accepts for, and that are opened later; not
	 * where services wait for others, which may have to be reached for that
	 * @throws IllegalStateException if what a service depends on is not ready in time
	 */
	void accept(List<Listener> listeners, Collection<Listener> later) {
		Map<Boolean, List<Listener>> byDependence = listeners.stream()
			.collect(Collectors.partitioningBy((listener) -> dependencies(listener).isEmpty()));
		List<Listener> dependent = byDependence.getOrDefault(false, List.of());
		Collection<Listener> skipped = dependent.isEmpty() ? later : List.of();
		byDependence.getOrDefault(true, List.of()).forEach((listener) -> accept(listener, skipped));
		dependent.forEach((listener) -> accept(listener, skipped));
	}

	private void accept(Listener listener, Collection<Listener> skipped) {
		try {
			this.readiness.await(dependencies(listener), this.timeout);
			if (!skipped.contains(listener)) {
				listener.accept();
			}
			this.readiness.ready(listener.service());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for services", ex);
		}
	}

	private List<String> dependencies(Listener listener) {
		return this.dependencies.getOrDefault(listener.service(), List.of());
	}

}
