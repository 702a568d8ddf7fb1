package dev.pingora.spring.actuate;

import java.io.IOException;
import java.util.function.IntSupplier;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Says on every response of a management port which generation answers, on a servlet
 * container.
 */
public final class GenerationFilter implements Filter {

	private final IntSupplier generation;

	/**
	 * Create the filter.
	 * @param generation returns the generation of this process
	 */
	public GenerationFilter(IntSupplier generation) {
		this.generation = generation;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (response instanceof HttpServletResponse http) {
			http.setHeader(PingoraEndpoint.GENERATION_HEADER, Integer.toString(this.generation.getAsInt()));
		}
		chain.doFilter(request, response);
	}

}
