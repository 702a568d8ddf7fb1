package dev.pingora.spring.autoconfigure;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.pingora.spring.listen.InvalidListenAddressException;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.ServicePlan;
import dev.pingora.spring.service.Service;

/**
 * Brings the services of the application together with their configuration.
 */
final class ServicePlans {

	private static final String PREFIX = "pingora.services.";

	private final PingoraProperties properties;

	private final Map<ListenAddress, String> taken = new HashMap<>();

	private final ServiceListenerOptions listenerOptions;

	private ServicePlans(PingoraProperties properties, ServiceListenerOptions listenerOptions) {
		this.properties = properties;
		this.listenerOptions = listenerOptions;
	}

	/**
	 * Plan the services, in the order of the beans.
	 * @param others names of services that are configured in the same place and do not
	 * listen
	 * @param listenerOptions what the listeners are given besides
	 * @throws InvalidPropertyException if beans and configuration do not match
	 */
	static List<ServicePlan> of(PingoraProperties properties, List<Service> services, Set<String> others,
			ServiceListenerOptions listenerOptions) {
		Map<String, Service> byName = byName(services);
		for (String configured : properties.services().keySet()) {
			if (!byName.containsKey(configured) && !others.contains(configured)) {
				throw new InvalidPropertyException(PREFIX + configured, "…", "there is no service of that name",
						"Define a bean of type HttpService, TcpService or BackgroundService with the name '%s'%s, or remove the property."
							.formatted(configured, known(byName.keySet())));
			}
		}
		ServicePlans plans = new ServicePlans(properties, listenerOptions);
		return byName.values().stream().map(plans::plan).toList();
	}

	private static String known(Set<String> names) {
		return names.isEmpty() ? "" : " (there is: " + String.join(", ", names) + ")";
	}

	private static Map<String, Service> byName(List<Service> services) {
		Map<String, Service> byName = new LinkedHashMap<>();
		for (Service service : services) {
			if (byName.put(service.name(), service) != null) {
				throw new InvalidPropertyException(PREFIX + service.name(), "…", "two beans have that name",
						"Give each HttpService and TcpService a name of its own.");
			}
		}
		return byName;
	}

	private ServicePlan plan(Service service) {
		String property = PREFIX + service.name();
		PingoraProperties.Service configured = this.properties.services().get(service.name());
		if (configured == null || configured.listeners().isEmpty()) {
			throw new InvalidPropertyException(property + ".listeners", null,
					"the service '%s' listens nowhere".formatted(service.name()),
					"Set it to one or more addresses, as in '%s.listeners=0.0.0.0:6188'.".formatted(property));
		}
		List<ListenAddress> addresses = new ArrayList<>();
		for (int i = 0; i < configured.listeners().size(); i++) {
			addresses.add(address("%s.listeners[%d]".formatted(property, i), configured.listeners().get(i)));
		}
		return new ServicePlan(service, addresses, options(property, configured), this.properties.threads(configured),
				this.listenerOptions.of(property, configured), configured.dependsOn());
	}

	private ListenAddress address(String property, String text) {
		ListenAddress address = parse(property, text.strip());
		boolean shared = address instanceof TcpAddress tcp && tcp.isEphemeral();
		String other = shared ? null : this.taken.put(address, property);
		if (other != null) {
			throw new InvalidPropertyException(property, text, "'%s' has the same address".formatted(other),
					"Give each listener an address of its own.");
		}
		return address;
	}

	private static ListenAddress parse(String property, String text) {
		try {
			return ListenAddress.parse(text);
		}
		catch (InvalidListenAddressException ex) {
			throw new InvalidPropertyException(property, text, ex.reason(), ex.remedy());
		}
	}

	private static SocketOptions options(String property, PingoraProperties.Service configured) {
		PropertyRules.positive(property + ".backlog", configured.backlog());
		Integer backlog = configured.backlog();
		return new SocketOptions((backlog != null) ? backlog : SocketOptions.DEFAULT.backlog(),
				permissions(property + ".unix-permissions", configured.unixPermissions()),
				configured.tcp().options(property + ".tcp"));
	}

	private static Set<PosixFilePermission> permissions(String property, String text) {
		try {
			return PosixFilePermissions.fromString(text);
		}
		catch (IllegalArgumentException ex) {
			String allowed = List.of("rw-rw-rw-", "rw-rw----", "rw-------")
				.stream()
				.map((value) -> "'" + value + "'")
				.collect(Collectors.joining(", "));
			throw new InvalidPropertyException(property, text, "it is not a set of permissions as 'ls -l' shows them",
					"Set it to one of %s or the like.".formatted(allowed));
		}
	}

}
