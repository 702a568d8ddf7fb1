package dev.pingora.spring.warmup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.pingora.spring.listen.HttpScheme;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.SeenRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is sent in a warm-up: what is configured, else what the predecessor has seen.
 */
final class Aims {

	private static final Logger logger = LoggerFactory.getLogger(Aims.class);

	private static final String WEB = "web";

	private Aims() {
	}

	static List<Aim> of(List<WarmUpRequest> configured, Map<String, List<SeenRequest>> seen, List<Listener> listeners) {
		List<Listener> speaking = listeners.stream()
			.filter((listener) -> listener.isListening() && listener.scheme() != HttpScheme.NONE)
			.toList();
		List<Aim> aims = new ArrayList<>();
		if (configured.isEmpty()) {
			speaking.forEach((listener) -> seen.getOrDefault(listener.service(), List.of())
				.forEach((request) -> aims.add(new Aim(again(request), listener))));
		}
		for (WarmUpRequest request : configured) {
			aims.addAll(of(request, speaking));
		}
		return aims;
	}

	private static List<Aim> of(WarmUpRequest request, List<Listener> listeners) {
		String service = (request.service() != null) ? request.service() : usual(listeners);
		List<Aim> aims = listeners.stream()
			.filter((listener) -> listener.service().equals(service))
			.map((listener) -> new Aim(request, listener))
			.toList();
		if (aims.isEmpty()) {
			logger.warn("Nothing serves the request '{}' of the warm-up: no service '{}' speaks HTTP/1.1", request,
					service);
		}
		return aims;
	}

	private static String usual(List<Listener> listeners) {
		List<String> services = listeners.stream().map(Listener::service).toList();
		return (services.contains(WEB) || services.isEmpty()) ? WEB : services.get(0);
	}

	private static WarmUpRequest again(SeenRequest seen) {
		Map<String, String> headers = new HashMap<>();
		put(headers, "Accept", seen.accept());
		put(headers, "Accept-Encoding", seen.acceptEncoding());
		return new WarmUpRequest(null, seen.method(), seen.target(), headers, null);
	}

	private static void put(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
	}

}
