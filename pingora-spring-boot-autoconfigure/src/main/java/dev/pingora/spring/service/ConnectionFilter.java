package dev.pingora.spring.service;

import java.net.InetSocketAddress;

/**
 * Decides which peers may connect. It is asked for each TCP connection to a service right
 * after it was accepted, before a byte is read and before TLS. Unix sockets have their
 * permissions instead.
 */
@FunctionalInterface
public interface ConnectionFilter {

	/**
	 * Accepts everybody.
	 */
	ConnectionFilter EVERYBODY = (service, peer) -> true;

	/**
	 * Decide on a connection. The call comes on the thread that accepts and must not
	 * block.
	 * @param service the name of the service
	 * @param peer the address of the other side
	 * @return whether the connection is served; otherwise it is closed at once
	 */
	boolean accepts(String service, InetSocketAddress peer);

}
