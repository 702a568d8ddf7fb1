package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.ExecutionPhaseListener;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Publishes each phase to the application, and that it refuses traffic while it drains.
 * The first readiness is Boot's: it comes after the successor has said that it serves.
 */
final class PhaseEvents implements ExecutionPhaseListener {

	private final PingoraServer server;

	private final ConfigurableApplicationContext context;

	private boolean refusing;

	PhaseEvents(PingoraServer server, ConfigurableApplicationContext context) {
		this.server = server;
		this.context = context;
	}

	@Override
	public void onPhase(ExecutionPhase phase) {
		if (this.context.isActive()) {
			publish(phase);
		}
	}

	private void publish(ExecutionPhase phase) {
		if (phase == ExecutionPhase.DRAINING) {
			this.refusing = true;
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
		else if (phase == ExecutionPhase.RUNNING && this.refusing) {
			this.refusing = false;
			AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
		}
		this.context.publishEvent(new ExecutionPhaseEvent(this.server, phase));
	}

}
