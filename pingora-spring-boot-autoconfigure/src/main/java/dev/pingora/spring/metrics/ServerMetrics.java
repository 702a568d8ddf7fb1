package dev.pingora.spring.metrics;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.Total;
import dev.pingora.spring.server.UpgradeOutcome;
import dev.pingora.spring.server.UpgradeStep;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of a server as a whole: its phase, its generation and its upgrades.
 */
public final class ServerMetrics implements MeterBinder {

	private final PingoraServer server;

	/**
	 * Create the meters of a server.
	 * @param server the server
	 */
	public ServerMetrics(PingoraServer server) {
		this.server = server;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("pingora.generation", this.server, PingoraServer::generation)
			.description("1 for a cold start, and one more with every upgrade")
			.baseUnit("generation")
			.register(registry);
		FunctionCounter.builder("pingora.upgrade.sockets", this.server, PingoraServer::socketsHandedOver)
			.description("Listening sockets that were handed over")
			.baseUnit("sockets")
			.register(registry);
		for (ExecutionPhase phase : ExecutionPhase.values()) {
			bind(phase, registry);
		}
		for (UpgradeOutcome outcome : UpgradeOutcome.values()) {
			bind(outcome, registry);
		}
		for (UpgradeStep step : UpgradeStep.values()) {
			bind(step, registry);
		}
	}

	private void bind(ExecutionPhase phase, MeterRegistry registry) {
		Gauge.builder("pingora.phase", this.server, (owner) -> (owner.phase() == phase) ? 1 : 0)
			.description("1 for the current phase of the server and 0 for the others")
			.baseUnit("phase")
			.tag("phase", lowerCase(phase))
			.register(registry);
	}

	private void bind(UpgradeOutcome outcome, MeterRegistry registry) {
		if (outcome != UpgradeOutcome.UNDER_WAY) {
			timer("pingora.upgrade", (owner) -> owner.upgrades(outcome))
				.description("Upgrades up to the moment at which their outcome was known")
				.tag("outcome", lowerCase(outcome))
				.register(registry);
		}
	}

	private void bind(UpgradeStep step, MeterRegistry registry) {
		timer("pingora.upgrade.step", (owner) -> owner.steps(step)).description("Steps of upgrades")
			.tag("step", lowerCase(step))
			.register(registry);
	}

	/**
	 * Return a timer, whose base unit is that of the registry's durations.
	 */
	private FunctionTimer.Builder<PingoraServer> timer(String name, TotalOf total) {
		return FunctionTimer.builder(name, this.server, (owner) -> total.of(owner).count(),
				(owner) -> total.of(owner).time().toNanos(), TimeUnit.NANOSECONDS);
	}

	private static String lowerCase(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * One of the totals of a server.
	 */
	private interface TotalOf {

		Total of(PingoraServer server);

	}

}
