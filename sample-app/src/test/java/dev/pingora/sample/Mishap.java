package dev.pingora.sample;

import java.util.Locale;

/**
 * What can go wrong in a process, as {@link dev.pingora.broken.Fault} knows it, and how
 * the process ends.
 */
enum Mishap {

	/** Nothing, for comparison. */
	NONE("", 0),
	/** SIGKILL. */
	KILLED("KILL", 137),
	/** SIGSTOP, and SIGCONT when the other process has decided. */
	STOPPED("STOP", 1),
	/** No memory is left, with {@code -XX:+ExitOnOutOfMemoryError}. */
	OUT_OF_MEMORY("MEMORY", 3),
	/** No memory is left for the thread that hands over, and the process lives on. */
	SHORT_OF_MEMORY("MEMORY", 1),
	/** {@code System.exit(3)} on another thread. */
	EXITING("EXIT", 3),
	/** An unexpected exception. */
	FAILING("THROW", 1);

	private final String action;

	private final int exitCode;

	Mishap(String action, int exitCode) {
		this.action = action;
		this.exitCode = exitCode;
	}

	/**
	 * Return whether what the process has accepted is lost with it.
	 */
	boolean isDeadly() {
		return this == KILLED || this == OUT_OF_MEMORY;
	}

	int exitCode() {
		return this.exitCode;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	String at(String line) {
		return this.action + " " + line;
	}

}
