package dev.pingora.sample.load;

/**
 * What can become of a request whose client never retries.
 */
public enum Outcome {

	/** The whole, right response came. */
	SERVED,
	/** Nobody listened. */
	REFUSED,
	/** The connection was reset. */
	RESET,
	/** The connection ended before the response did. */
	EARLY_END,
	/** The response took longer than the time-out. */
	TIMED_OUT,
	/** The status was not 2xx. */
	STATUS,
	/** The body was not the one that belongs to the request. */
	BODY

}
