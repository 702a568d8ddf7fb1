package dev.pingora.spring.metrics;

import java.util.function.ToLongFunction;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.server.ConnectionCounts;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of each listener of a server: what became of its connections.
 */
public final class ListenerMetrics implements MeterBinder {

	private final PingoraServer server;

	/**
	 * Create the meters of the listeners of a server.
	 * @param server the server
	 */
	public ListenerMetrics(PingoraServer server) {
		this.server = server;
	}

	/**
	 * Bind the listeners when all of them are there, which is before the first connection
	 * is accepted.
	 */
	@Override
	public void bindTo(MeterRegistry registry) {
		bindListeners(registry);
		this.server.addPhaseListener((phase) -> {
			if (phase == ExecutionPhase.PREPARED) {
				bindListeners(registry);
			}
		});
	}

	private void bindListeners(MeterRegistry registry) {
		if (this.server.phase().compareTo(ExecutionPhase.PREPARED) >= 0) {
			this.server.listeners().forEach((listener) -> bind(listener, registry));
		}
	}

	private void bind(Listener listener, MeterRegistry registry) {
		Tags tags = Tags.of("service", listener.service(), "listener", listener.address().toString());
		counter("accepted", listener, ConnectionCounts::accepted).description("Connections that were accepted")
			.tags(tags)
			.register(registry);
		counter("deferred", listener, ConnectionCounts::deferred)
			.description("Connections that were open when a drain began, and were not closed then")
			.tags(tags)
			.register(registry);
		counter("drained", listener, ConnectionCounts::drained)
			.description("Connections that a drain has ended without an exchange being cut off")
			.tags(tags)
			.register(registry);
		counter("cut.off", listener, ConnectionCounts::cutOff)
			.description("Connections that were closed in the middle of an exchange")
			.tags(tags)
			.register(registry);
		Gauge.builder("pingora.connections.active", listener, (owner) -> owner.connections().active())
			.description("Open connections, idle ones included")
			.baseUnit("connections")
			.tags(tags)
			.register(registry);
		Gauge.builder("pingora.requests.active", listener, Listener::busy)
			.description("Exchanges that are not finished: HTTP requests without their whole response, "
					+ "or dialogues of another protocol")
			.baseUnit("requests")
			.tags(tags)
			.register(registry);
	}

	private FunctionCounter.Builder<PingoraServer> counter(String name, Listener listener,
			ToLongFunction<ConnectionCounts> count) {
		return FunctionCounter
			.builder("pingora.connections." + name, this.server, (owner) -> count.applyAsLong(owner.counts(listener)))
			.baseUnit("connections");
	}

}
