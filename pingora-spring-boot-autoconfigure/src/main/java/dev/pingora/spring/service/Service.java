package dev.pingora.spring.service;

import reactor.netty.transport.ServerTransport;

/**
 * What an application serves under a name. The addresses are not part of it: they are
 * configuration ({@code pingora.services.<name>.listeners}).
 */
public sealed interface Service permits HttpService, TcpService {

	/**
	 * Return the name of this service, which is its key in the configuration.
	 * @return lower-case letters, digits and hyphens
	 */
	String name();

	/**
	 * Return the Reactor Netty server that has its handler and no address yet.
	 * @return the server, an immutable value
	 */
	ServerTransport<?, ?> server();

}
