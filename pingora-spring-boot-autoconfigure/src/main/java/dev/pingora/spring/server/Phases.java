package dev.pingora.spring.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The current phase, and who wants to hear of the next. A change states the phases that
 * it may start from, so that of two that compete only one happens.
 */
final class Phases {

	private static final Logger logger = LoggerFactory.getLogger(Phases.class);

	private final List<ExecutionPhaseListener> listeners = new CopyOnWriteArrayList<>();

	private ExecutionPhase current = ExecutionPhase.SETUP;

	synchronized ExecutionPhase current() {
		return this.current;
	}

	void add(ExecutionPhaseListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Change the phase, if it is one of those expected.
	 * @return whether it was changed
	 */
	boolean change(Set<ExecutionPhase> from, ExecutionPhase to) {
		synchronized (this) {
			if (!from.contains(this.current)) {
				return false;
			}
			this.current = to;
		}
		logger.info("Phase {}", to);
		this.listeners.forEach((listener) -> tell(listener, to));
		return true;
	}

	boolean change(ExecutionPhase from, ExecutionPhase to) {
		return change(Set.of(from), to);
	}

	private static void tell(ExecutionPhaseListener listener, ExecutionPhase phase) {
		try {
			listener.onPhase(phase);
		}
		catch (RuntimeException ex) {
			logger.error("A phase listener failed in phase {}", phase, ex);
		}
	}

}
