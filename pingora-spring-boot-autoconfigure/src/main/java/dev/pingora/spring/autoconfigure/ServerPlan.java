package dev.pingora.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.pingora.spring.server.BackgroundPlan;
import dev.pingora.spring.server.ServicePlan;
import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.Service;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * All services of an application, in the order in which they start.
 *
 * @param services the services that listen
 * @param background the services that work in the background
 */
record ServerPlan(List<ServicePlan> services, List<BackgroundPlan> background) {

	private static final String PREFIX = "pingora.services.";

	/**
	 * Plan the services of an application.
	 * @throws InvalidPropertyException if beans and configuration do not match
	 */
	static ServerPlan of(ListableBeanFactory beans) {
		PingoraProperties properties = beans.getBean(PingoraProperties.class);
		List<String> names = properties.background().lifecycleBeans();
		Stream<BackgroundService> lifecycleBeans = names.isEmpty() ? Stream.empty()
				: Stream.of(LifecycleBeans.of(names, beans));
		return of(properties, beans.getBeanProvider(Service.class).orderedStream().toList(),
				Stream.concat(beans.getBeanProvider(BackgroundService.class).orderedStream(), lifecycleBeans).toList(),
				beans.getBean(ServiceListenerOptions.class));
	}

	/**
	 * Plan the services.
	 * @throws InvalidPropertyException if beans and configuration do not match
	 */
	private static ServerPlan of(PingoraProperties properties, List<Service> services,
			List<BackgroundService> background, ServiceListenerOptions listenerOptions) {
		Map<String, BackgroundService> workers = byName(background, services);
		workers.keySet().forEach((name) -> checkListensNowhere(properties, name));
		List<ServicePlan> plans = ServicePlans.of(properties, services, workers.keySet(), listenerOptions);
		List<String> order = ServiceOrder.of(dependencies(properties, plans, workers));
		Map<String, ServicePlan> listening = plans.stream()
			.collect(Collectors.toMap((plan) -> plan.service().name(), Function.identity()));
		return new ServerPlan(order.stream().filter(listening::containsKey).map(listening::get).toList(),
				background(properties, order, workers));
	}

	private static List<BackgroundPlan> background(PingoraProperties properties, List<String> order,
			Map<String, BackgroundService> workers) {
		List<BackgroundPlan> plans = new ArrayList<>();
		for (String name : order) {
			BackgroundService worker = workers.get(name);
			if (worker != null) {
				plans.add(new BackgroundPlan(worker, dependsOn(properties, name)));
			}
		}
		return plans;
	}

	/**
	 * Return whether there is nothing to start.
	 */
	boolean isEmpty() {
		return this.services.isEmpty() && this.background.isEmpty();
	}

	private static Map<String, BackgroundService> byName(List<BackgroundService> background, List<Service> services) {
		List<String> taken = new ArrayList<>(services.stream().map(Service::name).toList());
		Map<String, BackgroundService> byName = new LinkedHashMap<>();
		for (BackgroundService service : background) {
			if (taken.contains(service.name())) {
				throw new InvalidPropertyException(PREFIX + service.name(), "…", "two beans have that name",
						"Give each HttpService, TcpService and BackgroundService a name of its own.");
			}
			taken.add(service.name());
			byName.put(service.name(), service);
		}
		return byName;
	}

	private static void checkListensNowhere(PingoraProperties properties, String name) {
		PingoraProperties.Service configured = properties.services().get(name);
		if (configured != null && !configured.listeners().isEmpty()) {
			throw new InvalidPropertyException(PREFIX + name + ".listeners", configured.listeners(),
					"the service '%s' works in the background and listens nowhere".formatted(name),
					"Remove the property.");
		}
	}

	private static Map<String, List<String>> dependencies(PingoraProperties properties, List<ServicePlan> plans,
			Map<String, BackgroundService> workers) {
		Map<String, List<String>> dependencies = new LinkedHashMap<>();
		plans.forEach((plan) -> dependencies.put(plan.service().name(), plan.dependsOn()));
		workers.keySet().forEach((name) -> dependencies.put(name, dependsOn(properties, name)));
		return dependencies;
	}

	private static List<String> dependsOn(PingoraProperties properties, String name) {
		PingoraProperties.Service configured = properties.services().get(name);
		return (configured != null) ? configured.dependsOn() : List.of();
	}

}
