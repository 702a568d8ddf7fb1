package dev.pingora.spring.web.jetty;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.pingora.spring.listen.Connections;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
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

	private static final String RANK = Exchanges.class.getName() + ".rank";

	private static final String EVENT_STREAM = "text/event-stream";

	private final AtomicInteger inFlight = new AtomicInteger();

	private final Scheduler scheduler;

	private final Connections connections;

	private final Consumer<Connection> afterEach;

	/**
	 * Create the exchanges.
	 * @param scheduler closes connections
	 * @param connections says which of them leave
	 * @param afterEach told of the connection of every exchange that has succeeded
	 */
	Exchanges(Scheduler scheduler, Connections connections, Consumer<Connection> afterEach) {
		this.scheduler = scheduler;
		this.connections = connections;
		this.afterEach = afterEach;
	}

	int inFlight() {
		return this.inFlight.get();
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		boolean persistent = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
		this.inFlight.incrementAndGet();
		Connection connection = request.getConnectionMetaData().getConnection();
		double rank = rank(request.getConnectionMetaData());
		request.addHttpStreamWrapper((stream) -> new CountedStream(stream, persistent, connection, rank));
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

		private final Connection connection;

		private final double rank;

		private boolean lastOfItsConnection;

		CountedStream(HttpStream stream, boolean persistent, Connection connection, double rank) {
			super(stream);
			this.rank = rank;
			this.persistent = persistent;
			this.connection = connection;
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
			Exchanges.this.afterEach.accept(this.connection);
			if (this.lastOfItsConnection) {
				Exchanges.this.scheduler.schedule(this.connection.getEndPoint()::close, AdoptingConnector.LINGER_MILLIS,
						TimeUnit.MILLISECONDS);
			}
		}

		@Override
		public void failed(Throwable failure) {
			Exchanges.this.inFlight.decrementAndGet();
			super.failed(failure);
		}

	}

}
