package dev.pingora.spring.listen;

/**
 * Whether HTTP/1.1 is spoken through a listener, and how.
 */
public enum HttpScheme {

	/**
	 * In plain text.
	 */
	HTTP,

	/**
	 * Over TLS.
	 */
	HTTPS,

	/**
	 * Not at all: another protocol.
	 */
	NONE

}
