package dev.pingora.spring.web.jetty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The exchanges of one connector: counts those in flight, and while it drains ends each
 * connection with its next response. Jetty asks its customizers before its handlers, so
 * that answers to bad requests are among them.
 */
final class Exchanges implements HttpConfiguration.Customizer {

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does: Jetty only closes its output.
	 */
	private static final long LINGER_MILLIS = 1000;

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Scheduler scheduler;

	private volatile boolean draining;

	Exchanges(Scheduler scheduler) {
		this.scheduler = scheduler;
	}

	int inFlight() {
		return this.inFlight.get();
	}

	void draining(boolean newDraining) {
		this.draining = newDraining;
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		boolean persistent = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
		this.inFlight.incrementAndGet();
		EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
		request.addHttpStreamWrapper((stream) -> new CountedStream(stream, persistent, endPoint));
		return request;
	}

	/**
	 * One exchange, up to its last byte.
	 */
	private final class CountedStream extends HttpStream.Wrapper {

		private final boolean persistent;

		private final EndPoint endPoint;

		private boolean lastOfItsConnection;

		CountedStream(HttpStream stream, boolean persistent, EndPoint endPoint) {
			super(stream);
			this.persistent = persistent;
			this.endPoint = endPoint;
		}

		@Override
		public void prepareResponse(HttpFields.Mutable headers) {
			if (Exchanges.this.draining && this.persistent && !headers.contains(HttpHeader.UPGRADE)) {
				headers.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
				keepFraming(headers);
				this.lastOfItsConnection = true;
			}
			super.prepareResponse(headers);
		}

		/**
		 * Ask for chunks where Jetty would end the body with the connection, so that a
		 * client can still tell a whole body from one that was cut off.
		 */
		private void keepFraming(HttpFields.Mutable headers) {
			if (!headers.contains(HttpHeader.CONTENT_LENGTH)) {
				headers.put(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED);
			}
		}

		@Override
		public void succeeded() {
			Exchanges.this.inFlight.decrementAndGet();
			super.succeeded();
			if (this.lastOfItsConnection) {
				Exchanges.this.scheduler.schedule(this.endPoint::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
			}
		}

		@Override
		public void failed(Throwable failure) {
			Exchanges.this.inFlight.decrementAndGet();
			super.failed(failure);
		}

	}

}
