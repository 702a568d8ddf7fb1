package dev.pingora.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of services in which each comes after those that it depends on, and otherwise
 * that of the beans.
 */
final class ServiceOrder {

	private final Map<String, List<String>> dependencies;

	private final Set<String> ordered = new LinkedHashSet<>();

	private ServiceOrder(Map<String, List<String>> dependencies) {
		this.dependencies = dependencies;
	}

	/**
	 * Order services.
	 * @param dependencies the names of all services, with those that each depends on
	 * @return the names in order
	 * @throws InvalidPropertyException if a name is unknown or the services form a circle
	 */
	static List<String> of(Map<String, List<String>> dependencies) {
		ServiceOrder order = new ServiceOrder(dependencies);
		dependencies.keySet().forEach((name) -> order.visit(name, List.of()));
		return List.copyOf(order.ordered);
	}

	private void visit(String name, List<String> path) {
		List<String> longer = new ArrayList<>(path);
		longer.add(name);
		if (path.contains(name)) {
			throw circle(longer.subList(path.indexOf(name), longer.size()));
		}
		if (!this.ordered.contains(name)) {
			for (String dependency : this.dependencies.getOrDefault(name, List.of())) {
				checkKnown(name, dependency);
				visit(dependency, longer);
			}
			this.ordered.add(name);
		}
	}

	private void checkKnown(String name, String dependency) {
		if (!this.dependencies.containsKey(dependency)) {
			throw new InvalidPropertyException(property(name), dependency, "there is no service of that name",
					"Set it to names of services (there is: %s), or remove it."
						.formatted(String.join(", ", this.dependencies.keySet())));
		}
	}

	private InvalidPropertyException circle(List<String> path) {
		String first = path.get(0);
		return new InvalidPropertyException(property(first),
				String.join(",", this.dependencies.getOrDefault(first, List.of())),
				"the services wait for each other in a circle: " + String.join(" → ", path),
				"Remove one of these dependencies.");
	}

	private static String property(String name) {
		return "pingora.services." + name + ".depends-on";
	}

}
