package dev.pingora.sample;

import java.util.Locale;

/**
 * A step of an upgrade, by the line that each process logs at its end.
 */
enum Step {

	BEFORE_HELLO("Waiting for the predecessor", "Handing over \\d"),

	AFTER_HELLO("Sent HELLO", "Sent HELLO"),

	AFTER_THE_SOCKETS("Sent RECEIVED", "Received RECEIVED"),

	AFTER_PREPARED("Sent PREPARED", "Received PREPARED"),

	AFTER_COMMIT("Received COMMIT", "Sent COMMIT"),

	AFTER_SERVING("Sent SERVING", "Draining \\d");

	private final String inSuccessor;

	private final String inPredecessor;

	Step(String inSuccessor, String inPredecessor) {
		this.inSuccessor = inSuccessor;
		this.inPredecessor = inPredecessor;
	}

	String inSuccessor() {
		return this.inSuccessor;
	}

	String inPredecessor() {
		return this.inPredecessor;
	}

	boolean isBefore(Step other) {
		return compareTo(other) < 0;
	}

	@Override
	public String toString() {
		String text = name().replace('_', ' ');
		return text.toLowerCase(Locale.ROOT)
			.replace("hello", "HELLO")
			.replace("prepared", "PREPARED")
			.replace("commit", "COMMIT")
			.replace("serving", "SERVING");
	}

}
