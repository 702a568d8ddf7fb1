package dev.pingora.spring.server;

/**
 * What a test of a candidate has shown.
 */
public enum CandidateOutcome {

	/**
	 * It would start.
	 */
	VALID,

	/**
	 * It would not start, or it did not say so in time.
	 */
	INVALID,

	/**
	 * It was not tested, because the server is not in a state for that.
	 */
	REFUSED

}
