package dev.pingora.spring.process;

/**
 * What the signals mean. Each call comes on a thread of its own and may block.
 */
public interface SignalActions {

	/**
	 * SIGINT: exit at once.
	 */
	void interrupt();

	/**
	 * SIGTERM: drain and exit.
	 */
	void terminate();

	/**
	 * The {@link UpgradeSignal}: hand over to a successor, drain and exit.
	 */
	void upgrade();

}
