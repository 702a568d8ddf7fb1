package dev.pingora.spring.server;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Tells application code that a drain has begun, so that it ends what would never end by
 * itself: {@code events.takeUntilOther(drainSignal.begun())}.
 */
public final class DrainSignal implements ExecutionPhaseListener {

	private volatile Sinks.Empty<Void> begun = Sinks.empty();

	/**
	 * Return a signal that completes when the server begins to drain, or at once if it
	 * does.
	 * @return the signal, which has no value and no error
	 */
	public Mono<Void> begun() {
		return Mono.defer(() -> this.begun.asMono());
	}

	/**
	 * Tell of a drain, and be ready for the next one when the server takes the traffic
	 * back.
	 */
	@Override
	public void onPhase(ExecutionPhase phase) {
		if (phase == ExecutionPhase.DRAINING) {
			this.begun.tryEmitEmpty();
		}
		else if (phase == ExecutionPhase.RUNNING) {
			this.begun = Sinks.empty();
		}
	}

}
