package dev.pingora.spring.web.tomcat;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.pingora.spring.listen.Connections;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one Tomcat endpoint that speak something else than HTTP/1.1, which
 * end although their client goes on after it was told of the drain.
 */
final class UpgradedConnections {

	/**
	 * How long a client of HTTP/2 may go on opening streams after it was asked not to.
	 * Tomcat waits as long between its two GOAWAY frames.
	 */
	private static final long LINGER_MILLIS = 1000;

	/**
	 * How often connections are looked for that could not be told of the drain, because a
	 * thread worked on them.
	 */
	private static final long LOOK_MILLIS = 50;

	private static final String WEBSOCKET = "websocket";

	private final Supplier<? extends Collection<? extends SocketWrapperBase<?>>> open;

	private final Connections connections;

	private final Map<Http2Protocol, Long> keepAlive = new HashMap<>();

	/**
	 * The connections of HTTP/2 that were told of the drain, and when, as of
	 * {@link System#nanoTime()}.
	 */
	private final Map<SocketWrapperBase<?>, Long> told = new ConcurrentHashMap<>();

	private @Nullable ScheduledFuture<?> looking;

	/**
	 * Create the connections.
	 * @param open all connections of the endpoint that are open
	 */
	UpgradedConnections(Supplier<? extends Collection<? extends SocketWrapperBase<?>>> open, Connections connections) {
		this.open = open;
		this.connections = connections;
	}

	/**
	 * End connections of HTTP/2 after their last stream, and WebSockets whose client does
	 * not answer.
	 * @param tellLate tells those that begin in the drain
	 */
	void end(ScheduledExecutorService executor, UpgradeProtocol[] protocols, Runnable tellLate) {
		endHttp2(executor, protocols);
		List<? extends SocketWrapperBase<?>> told = this.open.get()
			.stream()
			.filter(UpgradedConnections::isWebSocket)
			.toList();
		executor.schedule(() -> {
			if (this.connections.isDraining()) {
				told.forEach(SocketWrapperBase::close);
				tellLate.run();
			}
		}, this.connections.streamTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	private void endHttp2(ScheduledExecutorService executor, UpgradeProtocol[] protocols) {
		for (UpgradeProtocol protocol : protocols) {
			if (protocol instanceof Http2Protocol http2) {
				this.keepAlive.putIfAbsent(http2, http2.getKeepAliveTimeout());
				http2.setKeepAliveTimeout(LINGER_MILLIS);
			}
		}
		if (!this.keepAlive.isEmpty() && (this.looking == null || this.looking.isDone())) {
			this.looking = executor.scheduleWithFixedDelay(this::tellAndEnd, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

	private void tellAndEnd() {
		Collection<? extends SocketWrapperBase<?>> all = this.open.get();
		this.told.keySet().retainAll(all);
		for (SocketWrapperBase<?> connection : all) {
			if (connection.getCurrentProcessor() instanceof UpgradeProcessorInternal http2
					&& !isWebSocket(connection)) {
				tellOrEnd(connection, http2);
			}
		}
	}

	/**
	 * Tell a connection of the drain. When its client must have heard of it, let the time
	 * be over that the connection may be idle, which one with streams does not heed.
	 * Closing one that was not told would lose the stream that its client begins.
	 */
	private void tellOrEnd(SocketWrapperBase<?> connection, UpgradeProcessorInternal http2) {
		Long since = this.told.putIfAbsent(connection, System.nanoTime());
		if (since == null) {
			http2.pause();
		}
		else if (System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS)) {
			http2.timeoutAsync(Long.MAX_VALUE);
		}
	}

	/**
	 * Return whether a connection is seen to be a WebSocket, which it is while no thread
	 * works on it.
	 */
	static boolean isWebSocket(SocketWrapperBase<?> connection) {
		return connection.getCurrentProcessor() instanceof UpgradeProcessorInternal upgraded
				&& WEBSOCKET.equalsIgnoreCase(upgraded.getUpgradeToken().protocol());
	}

	void goOn() {
		if (this.looking != null) {
			this.looking.cancel(false);
		}
		this.told.clear();
		this.keepAlive.forEach(Http2Protocol::setKeepAliveTimeout);
		this.keepAlive.clear();
	}

}
