package dev.pingora.spring.web.jetty;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.listen.Connections;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one connector: counts those in flight, notes what succeeds, and while
 * it drains ends each connection with its next response. Jetty asks its customizers
 * before its handlers, so that answers to bad requests are among them.
 */
final class Exchanges implements HttpConfiguration.Customizer {

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does: Jetty only closes its output.
	 */
	private static final long LINGER_MILLIS = 1000;

	private static final String RANK = Exchanges.class.getName() + ".rank";

	private static final String EVENT_STREAM = "text/event-stream";

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Scheduler scheduler;

	private final Connections connections;

	Exchanges(Scheduler scheduler, Connections connections) {
		this.scheduler = scheduler;
		this.connections = connections;
	}

	int inFlight() {
		return this.inFlight.get();
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		boolean persistent = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
		this.inFlight.incrementAndGet();
		EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
		double rank = rank(request.getConnectionMetaData());
		request.addHttpStreamWrapper((stream) -> new CountedStream(stream, persistent, endPoint, rank));
		return request;
	}

	/**
	 * Return the rank of a connection among those that leave, which its first request
	 * gives it.
	 */
	private double rank(ConnectionMetaData connection) {
		if (connection.getAttribute(RANK) instanceof Double rank) {
			return rank;
		}
		double rank = this.connections.rank();
		connection.setAttribute(RANK, rank);
		return rank;
	}

	/**
	 * One exchange, up to its last byte.
	 */
	private final class CountedStream extends HttpStream.Wrapper {

		private final boolean persistent;

		private final EndPoint endPoint;

		private final double rank;

		private boolean lastOfItsConnection;

		CountedStream(HttpStream stream, boolean persistent, EndPoint endPoint, double rank) {
			super(stream);
			this.rank = rank;
			this.persistent = persistent;
			this.endPoint = endPoint;
		}

		@Override
		public void prepareResponse(HttpFields.Mutable headers) {
			if (this.persistent && Exchanges.this.connections.isLeaving(this.rank)
					&& !headers.contains(HttpHeader.UPGRADE)) {
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
		public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
				ByteBuffer content, Callback callback) {
			if (response != null && Exchanges.this.connections.seen().isWanted(request.getMethod())) {
				note(request, response);
			}
			super.send(request, response, last, content, callback);
		}

		private void note(MetaData.Request request, MetaData.Response response) {
			String type = response.getHttpFields().get(HttpHeader.CONTENT_TYPE);
			if (HttpStatus.isSuccess(response.getStatus()) && (type == null || !type.startsWith(EVENT_STREAM))) {
				Exchanges.this.connections.seen()
					.add(request.getMethod(), request.getHttpURI().getPathQuery(),
							request.getHttpFields().get(HttpHeader.ACCEPT),
							request.getHttpFields().get(HttpHeader.ACCEPT_ENCODING));
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
