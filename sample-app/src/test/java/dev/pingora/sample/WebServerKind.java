package dev.pingora.sample;

/**
 * The web servers that an application may have.
 */
enum WebServerKind {

	/** WebFlux on Reactor Netty. */
	NETTY

}
