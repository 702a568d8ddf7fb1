package dev.pingora.spring.warmup;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A request of a warm-up.
 *
 * @param service the name of what serves it, or {@code null} for the application's own
 * web server or, where there is none, the first service that speaks HTTP
 * @param method the method
 * @param target the path, which may have a query string
 * @param headers the headers besides those that every request has
 * @param body the body, or {@code null}
 */
public record WarmUpRequest(@Nullable String service, String method, String target, Map<String, String> headers,
		@Nullable String body) {

	@Override
	public String toString() {
		return this.method + " " + this.target;
	}

}
