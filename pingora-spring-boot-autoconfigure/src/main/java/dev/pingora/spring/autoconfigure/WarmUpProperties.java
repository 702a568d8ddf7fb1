package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.pingora.spring.warmup.WarmUpRequest;
import dev.pingora.spring.warmup.WarmUpSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the requests that a new JVM sends to itself before it accepts.
 *
 * @param enabled Whether a new JVM that takes over warms up before it says that it could
 * accept, and the old one notes which requests it may do that with.
 * @param timeout How long the warm-up may take, which ends earlier when latency has
 * settled and code is compiled. It is cut to half of 'pingora.upgrade.ready-timeout'.
 * @param coldStart Whether a JVM that takes nothing over warms up too, before it is
 * ready.
 * @param queryStrings Whether the requests that the old JVM notes keep their query
 * strings.
 * @param requests Requests to send. The default is what the old JVM was asked most.
 */
public record WarmUpProperties(@DefaultValue("true") boolean enabled, @DefaultValue("2m") Duration timeout,
		@DefaultValue("false") boolean coldStart, @DefaultValue("false") boolean queryStrings,
		@DefaultValue List<Request> requests) {

	private static final String PREFIX = "pingora.upgrade.warm-up.";

	private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";

	private static final String VISIBLE = "[\\x20-\\x7e\\x80-\\uffff]*";

	public WarmUpProperties {
		PropertyRules.positive(PREFIX + "timeout", timeout);
		for (int i = 0; i < requests.size(); i++) {
			requests.get(i).validate(PREFIX + "requests[" + i + "]");
		}
	}

	WarmUpSettings settings(Duration readyTimeout) {
		Duration most = readyTimeout.dividedBy(2);
		return new WarmUpSettings(this.enabled, (this.timeout.compareTo(most) > 0) ? most : this.timeout,
				this.coldStart, this.requests.stream().map(Request::request).toList(), this.queryStrings);
	}

	/**
	 * Configuration of one request.
	 *
	 * @param service Name of the service that it goes to. The default is the
	 * application's own web server or, where there is none, the first service that speaks
	 * HTTP.
	 * @param method Method.
	 * @param path Path, which may have a query string.
	 * @param headers Headers by name.
	 * @param body Body.
	 */
	public record Request(@Nullable String service, @DefaultValue("GET") String method, @Nullable String path,
			@DefaultValue Map<String, String> headers, @Nullable String body) {

		void validate(String property) {
			check(property + ".path", this.path, this.path != null && this.path.matches("/[\\x21-\\x7e]*"),
					"it is not a path that begins with '/' and has its special characters encoded",
					"Set it to a path, as in '/orders?page=1'.");
			check(property + ".method", this.method, this.method.matches(TOKEN), "it is not a method",
					"Set it to a method, as in 'GET'.");
			this.headers.forEach((name, value) -> check(property + ".headers." + name, value,
					name.matches(TOKEN) && value.matches(VISIBLE), "it is not a header in one line",
					"Set it to a header, as in 'Accept: application/json'."));
		}

		private static void check(String property, @Nullable Object value, boolean valid, String reason,
				String remedy) {
			if (!valid) {
				throw new InvalidPropertyException(property, value, reason, remedy);
			}
		}

		WarmUpRequest request() {
			return new WarmUpRequest(this.service, this.method, String.valueOf(this.path), this.headers, this.body);
		}

	}

}
