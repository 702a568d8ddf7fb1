package dev.pingora.spring.actuate;

import java.util.List;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.server.DrainReport;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;
import org.jspecify.annotations.Nullable;

/**
 * Whether work is under way, for a hook that waits before it goes on. The management port
 * does not count, because the question came in through it.
 *
 * @param phase the phase of the server
 * @param active how many connections are open
 * @param busy how many of them have an exchange that is not finished
 * @param drain the drain that is under way, or {@code null}
 */
public record DrainState(ExecutionPhase phase, int active, int busy, @Nullable DrainReport drain) {

	private static final String MANAGEMENT = "management";

	static DrainState of(PingoraServer server) {
		List<Listener> listeners = server.listeners();
		boolean separate = listeners.stream().anyMatch((listener) -> listener.service().equals(MANAGEMENT));
		int own = (separate || listeners.isEmpty()) ? 0 : 1;
		int active = 0;
		int busy = 0;
		for (Listener listener : listeners) {
			if (!listener.service().equals(MANAGEMENT)) {
				active += listener.connections().active();
				busy += listener.busy();
			}
		}
		return new DrainState(server.phase(), Math.max(0, active - own), Math.max(0, busy - own), server.drain());
	}

	/**
	 * Return whether nothing is under way: no exchange, and while the server drains no
	 * connection either.
	 */
	boolean isIdle() {
		return this.busy == 0 && (this.drain == null || this.active == 0);
	}

}
