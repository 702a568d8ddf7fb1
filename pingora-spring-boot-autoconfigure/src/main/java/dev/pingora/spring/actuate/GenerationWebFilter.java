package dev.pingora.spring.actuate;

import java.util.function.IntSupplier;

import reactor.core.publisher.Mono;

import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Says on every response of a management port which generation answers, on WebFlux.
 */
public final class GenerationWebFilter implements WebFilter {

	private final IntSupplier generation;

	/**
	 * Create the filter.
	 * @param generation returns the generation of this process
	 */
	public GenerationWebFilter(IntSupplier generation) {
		this.generation = generation;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		exchange.getResponse()
			.getHeaders()
			.set(PingoraEndpoint.GENERATION_HEADER, Integer.toString(this.generation.getAsInt()));
		return chain.filter(exchange);
	}

}
