package dev.pingora.spring.warmup;

/**
 * How far the code of a process has come in its warm-up.
 */
public enum Warmth {

	/**
	 * There was no warm-up, or it was too short for most of the code to be compiled.
	 */
	COLD,

	/**
	 * The code has been called often enough to be compiled, but the compilers may have
	 * much left to do.
	 */
	WARM,

	/**
	 * Latency has settled, and the compilers have little left to do.
	 */
	SETTLED

}
