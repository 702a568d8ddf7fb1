package dev.pingora.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a server: up while it accepts, out of service while it starts and drains.
 */
public final class PingoraHealthIndicator extends AbstractHealthIndicator {

	private final PingoraServer server;

	/**
	 * Create the indicator of a server.
	 * @param server the server
	 */
	public PingoraHealthIndicator(PingoraServer server) {
		super("The state of the server cannot be told");
		this.server = server;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		ExecutionPhase phase = this.server.phase();
		if (isServing(phase)) {
			builder.up();
		}
		else {
			builder.outOfService();
		}
		builder.withDetail("phase", phase)
			.withDetail("generation", this.server.generation())
			.withDetail("services", services());
	}

	/**
	 * Return whether connections are accepted. A server without a listener has nothing to
	 * accept, and never leaves its first phase.
	 */
	private boolean isServing(ExecutionPhase phase) {
		return phase == ExecutionPhase.RUNNING || phase == ExecutionPhase.HANDING_OVER
				|| phase == ExecutionPhase.SHARING
				|| (phase == ExecutionPhase.SETUP && this.server.listeners().isEmpty());
	}

	private Map<String, Map<String, Integer>> services() {
		Map<String, Map<String, Integer>> services = new LinkedHashMap<>();
		for (Listener listener : this.server.listeners()) {
			Map<String, Integer> connections = services.computeIfAbsent(listener.service(),
					(name) -> new LinkedHashMap<>());
			connections.merge("active", listener.connections().active(), Integer::sum);
			connections.merge("busy", listener.busy(), Integer::sum);
		}
		return services;
	}

}
