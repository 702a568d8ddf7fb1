package dev.pingora.spring.service;

import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * A service that speaks HTTP.
 *
 * @param name the key of this service in {@code pingora.services}: lower-case letters,
 * digits and hyphens
 * @param server the Reactor Netty server with its handler, without an address
 */
public record HttpService(String name, HttpServer server) implements Service {

	/**
	 * Create a service from a Reactor Netty server that has a handler.
	 * @throws IllegalArgumentException if the name cannot be a key of the configuration
	 */
	public HttpService {
		ServiceName.validate(name);
	}

	/**
	 * Create a service that answers every request with one handler.
	 * @param name the key of the service in {@code pingora.services}
	 * @param handler the function that answers a request
	 * @return the service
	 * @throws IllegalArgumentException if the name cannot be a key of the configuration
	 */
	public static HttpService of(String name,
			BiFunction<? super HttpServerRequest, ? super HttpServerResponse, ? extends Publisher<Void>> handler) {
		return new HttpService(name, HttpServer.create().handle(handler));
	}

	/**
	 * Create a service that answers requests by method and path.
	 * @param name the key of the service in {@code pingora.services}
	 * @param routes adds the routes
	 * @return the service
	 * @throws IllegalArgumentException if the name cannot be a key of the configuration
	 */
	public static HttpService routes(String name, Consumer<? super HttpServerRoutes> routes) {
		return new HttpService(name, HttpServer.create().route(routes));
	}

	/**
	 * Return a copy of this service with another configuration of its server:
	 * compression, idle time-out, access log and whatever else Reactor Netty offers. The
	 * address and the event loops are set by the listeners.
	 * @param customizer returns the changed server
	 * @return the copy
	 */
	public HttpService with(UnaryOperator<HttpServer> customizer) {
		return new HttpService(this.name, customizer.apply(this.server));
	}

}
