package dev.pingora.spring.web.tomcat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.listen.SeenRequests;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * The valve that counts the requests that a thread works on, and notes those that
 * succeed.
 */
final class RequestCount extends ValveBase {

	private static final String EVENT_STREAM = "text/event-stream";

	private final AtomicInteger inFlight = new AtomicInteger();

	private @Nullable SeenRequests seen;

	RequestCount() {
		super(true);
	}

	int inFlight() {
		return this.inFlight.get();
	}

	void note(SeenRequests newSeen) {
		this.seen = newSeen;
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		this.inFlight.incrementAndGet();
		try {
			getNext().invoke(request, response);
			if (this.seen != null && this.seen.isWanted(request.getMethod())) {
				note(this.seen, request, response);
			}
		}
		finally {
			this.inFlight.decrementAndGet();
		}
	}

	/**
	 * Note a request that has been answered. One that goes on without a thread comes by
	 * again at its end.
	 */
	private static void note(SeenRequests seen, Request request, Response response) {
		String type = response.getContentType();
		if (!request.isAsync() && response.getStatus() / 100 == 2 && (type == null || !type.startsWith(EVENT_STREAM))) {
			String query = request.getQueryString();
			String path = request.getRequestURI();
			seen.add(request.getMethod(), (query != null) ? path + "?" + query : path, request.getHeader("Accept"),
					request.getHeader("Accept-Encoding"));
		}
	}

}
