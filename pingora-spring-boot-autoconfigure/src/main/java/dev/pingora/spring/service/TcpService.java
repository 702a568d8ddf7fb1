package dev.pingora.spring.service;

import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

import org.reactivestreams.Publisher;
import reactor.netty.NettyInbound;
import reactor.netty.NettyOutbound;
import reactor.netty.tcp.TcpServer;

/**
 * A service that speaks a protocol of its own over a stream of bytes.
 *
 * @param name the key of this service in {@code pingora.services}: lower-case letters,
 * digits and hyphens
 * @param server the Reactor Netty server with its handler, without an address
 */
public record TcpService(String name, TcpServer server) implements Service {

	/**
	 * Create a service from a Reactor Netty server that has a handler.
	 * @throws IllegalArgumentException if the name cannot be a key of the configuration
	 */
	public TcpService {
		ServiceName.validate(name);
	}

	/**
	 * Create a service that gives every connection to one handler.
	 * @param name the key of the service in {@code pingora.services}
	 * @param handler the function that holds the dialogue; the connection is closed when
	 * what it returned completes
	 * @return the service
	 * @throws IllegalArgumentException if the name cannot be a key of the configuration
	 */
	public static TcpService of(String name,
			BiFunction<? super NettyInbound, ? super NettyOutbound, ? extends Publisher<Void>> handler) {
		return new TcpService(name, TcpServer.create().handle(handler));
	}

	/**
	 * Return a copy of this service with another configuration of its server. The address
	 * and the event loops are set by the listeners.
	 * @param customizer returns the changed server
	 * @return the copy
	 */
	public TcpService with(UnaryOperator<TcpServer> customizer) {
		return new TcpService(this.name, customizer.apply(this.server));
	}

}
