package dev.pingora.spring.web.jetty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The handler that counts the requests in flight and tells those that were there before
 * the drain that their connection ends.
 */
final class DrainingHandler extends Handler.Wrapper {

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does: Jetty only closes its output.
	 */
	private static final long LINGER_MILLIS = 1000;

	private final AtomicInteger inFlight = new AtomicInteger();

	private volatile boolean draining;

	int inFlight() {
		return this.inFlight.get();
	}

	void draining(boolean newDraining) {
		this.draining = newDraining;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		boolean persistent = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
		this.inFlight.incrementAndGet();
		EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
		request.addHttpStreamWrapper((stream) -> new CountedStream(stream, persistent, endPoint));
		return super.handle(request, response, callback);
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
			if (DrainingHandler.this.draining && this.persistent) {
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
			DrainingHandler.this.inFlight.decrementAndGet();
			super.succeeded();
			if (this.lastOfItsConnection) {
				getServer().getScheduler().schedule(this.endPoint::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
			}
		}

		@Override
		public void failed(Throwable failure) {
			DrainingHandler.this.inFlight.decrementAndGet();
			super.failed(failure);
		}

	}

}
