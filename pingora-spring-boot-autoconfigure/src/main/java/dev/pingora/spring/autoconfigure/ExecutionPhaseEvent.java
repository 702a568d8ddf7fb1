package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.context.ApplicationEvent;

/**
 * Says that a server has entered a phase of its life. It is published on the thread that
 * changes the phase, and the next step waits for the listeners.
 */
public final class ExecutionPhaseEvent extends ApplicationEvent {

	private final transient PingoraServer server;

	private final ExecutionPhase phase;

	ExecutionPhaseEvent(PingoraServer server, ExecutionPhase phase) {
		super(server);
		this.server = server;
		this.phase = phase;
	}

	/**
	 * Return the server.
	 * @return the server
	 */
	public PingoraServer getServer() {
		return this.server;
	}

	/**
	 * Return the phase that has begun.
	 * @return the phase
	 */
	public ExecutionPhase getPhase() {
		return this.phase;
	}

}
