package dev.pingora.bench;

import java.io.IOException;

/**
 * A server that can be replaced by a new process of itself.
 */
interface Contender {

	/**
	 * Return what it is, for the table.
	 */
	String title();

	/**
	 * Return which version it has.
	 */
	String version();

	/**
	 * Start it on a port, and return when it answers.
	 */
	void start(int port) throws IOException, InterruptedException;

	/**
	 * Return how long it takes load before anything is measured.
	 * @param seconds how long a JVM needs
	 */
	default int warmUp(int seconds) {
		return Math.min(seconds, 2);
	}

	/**
	 * Return whether it has something from the process before it that shows at the next
	 * upgrade. What is measured is then the second one.
	 */
	default boolean inherits() {
		return false;
	}

	/**
	 * Replace it in the way that its makers describe, and return when the last step is
	 * done that an operator takes.
	 */
	void upgrade() throws IOException, InterruptedException;

	/**
	 * End all its processes.
	 */
	void end() throws IOException, InterruptedException;

}
