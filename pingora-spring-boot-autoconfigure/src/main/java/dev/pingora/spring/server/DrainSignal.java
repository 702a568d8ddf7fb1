package dev.pingora.spring.server;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Tells application code that a drain has begun, so that it ends what would never end by
 * itself: {@code events.takeUntilOther(drainSignal.begun())}.
 */
public final class DrainSignal implements ExecutionPhaseListener {

	/**
	 * There as soon as somebody waits, so that an application without Reactor's types
	 * need not load them.
	 */
	private Sinks.@Nullable Empty<Void> awaited;

	private boolean draining;

	/**
	 * Return a signal that completes when the server begins to drain, or at once if it
	 * does.
	 * @return the signal, which has no value and no error
	 */
	public Mono<Void> begun() {
		return Mono.defer(this::current);
	}

	private synchronized Mono<Void> current() {
		if (this.draining) {
			return Mono.empty();
		}
		if (this.awaited == null) {
			this.awaited = Sinks.empty();
		}
		return this.awaited.asMono();
	}

	/**
	 * Tell of a drain, and be ready for the next one when the server takes the traffic
	 * back.
	 */
	@Override
	public void onPhase(ExecutionPhase phase) {
		if (phase == ExecutionPhase.DRAINING) {
			Sinks.Empty<Void> told = begin();
			if (told != null) {
				told.tryEmitEmpty();
			}
		}
		else if (phase == ExecutionPhase.RUNNING) {
			end();
		}
	}

	private synchronized Sinks.@Nullable Empty<Void> begin() {
		Sinks.Empty<Void> told = this.awaited;
		this.draining = true;
		this.awaited = null;
		return told;
	}

	private synchronized void end() {
		this.draining = false;
	}

}
