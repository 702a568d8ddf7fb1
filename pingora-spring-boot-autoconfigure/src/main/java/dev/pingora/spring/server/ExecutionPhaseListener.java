package dev.pingora.spring.server;

/**
 * Hears of every change of the {@link ExecutionPhase}. Any bean that implements it is
 * told.
 */
@FunctionalInterface
public interface ExecutionPhaseListener {

	/**
	 * Called once for each phase that the server enters, on the thread that changes it.
	 * The next step waits for the return.
	 * @param phase the phase that has begun
	 */
	void onPhase(ExecutionPhase phase);

}
