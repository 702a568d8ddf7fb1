package dev.pingora.spring.web.tomcat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * The valve that counts the requests that a thread works on.
 */
final class RequestCount extends ValveBase {

	private final AtomicInteger inFlight = new AtomicInteger();

	RequestCount() {
		super(true);
	}

	int inFlight() {
		return this.inFlight.get();
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		this.inFlight.incrementAndGet();
		try {
			getNext().invoke(request, response);
		}
		finally {
			this.inFlight.decrementAndGet();
		}
	}

}
