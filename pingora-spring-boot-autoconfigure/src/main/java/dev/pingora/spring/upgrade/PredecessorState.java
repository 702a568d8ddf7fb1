package dev.pingora.spring.upgrade;

/**
 * The states of the old process in an upgrade.
 */
enum PredecessorState {

	/** Is connected and waits for the greeting of the successor. */
	GREETING,
	/** Sends its sockets. */
	OFFERING,
	/** The successor has the sockets and starts; this process serves. */
	WAITING,
	/** The successor could accept; the background services of this process stop. */
	STOPPING,
	/** The successor shall accept; this process still does. */
	COMMITTED,
	/**
	 * The successor accepts; this process leaves, at once or bit by bit, and takes back
	 * if the successor is lost.
	 */
	DRAINING,
	/**
	 * The successor has failed: this process accepts again, but nothing runs in the
	 * background before the successor has ended.
	 */
	FORSAKEN,
	/** This process drains, and somebody else cares for the sockets. */
	DRAINING_ALONE,
	/** Has drained. */
	LEFT,
	/**
	 * Took its sockets back from a successor that may have begun: it accepts, but nothing
	 * runs in the background before the successor has stopped it.
	 */
	WITHDRAWN,
	/** Serves as if nothing had been. */
	KEEPING,
	/** The successor is a Pingora; the background services of this process stop. */
	RELEASING,
	/** A Pingora has the sockets and says no word; this process still accepts. */
	TRUSTING

}
