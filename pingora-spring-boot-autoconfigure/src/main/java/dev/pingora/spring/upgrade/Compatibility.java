package dev.pingora.spring.upgrade;

/**
 * What a predecessor makes of a successor that does not greet.
 */
public enum Compatibility {

	/**
	 * It is none: nothing is handed over.
	 */
	NONE,

	/**
	 * It is Cloudflare's Pingora, which never says a word: it is given the sockets as by
	 * a Pingora.
	 */
	PINGORA

}
