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
	 * How long a client of HTTP/2 may take to hear that it is asked to open no more
	 * streams. Until then one that is idle is not closed.
	 */
	private static final long LINGER_MILLIS = 1000;

	/**
	 * How often connections are looked for that could not be told of the drain, because a
	 * thread worked on them.
	 */
	private static final long LOOK_MILLIS = 50;

	static final String WEBSOCKET = "websocket";

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
			tell(connection);
			// One with streams does not heed it.
			if (isTimeOver(connection) && connection.getCurrentProcessor() instanceof UpgradeProcessorInternal http2) {
				http2.timeoutAsync(Long.MAX_VALUE);
			}
		}
	}

	private boolean isTimeOver(SocketWrapperBase<?> connection) {
		Long since = this.told.get(connection);
		return since != null && System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS);
	}

	/**
	 * Ask the client of a connection of HTTP/2 to open no more streams there.
	 * @return whether it is asked, now or before; otherwise it may be the next time,
	 * because it cannot be seen what a connection speaks while a thread works on it
	 */
	synchronized boolean tell(SocketWrapperBase<?> connection) {
		if (this.told.containsKey(connection)) {
			return true;
		}
		if (connection.getCurrentProcessor() instanceof UpgradeProcessorInternal && !isWebSocket(connection)
				&& Http2GoAway.send(connection)) {
			this.told.put(connection, System.nanoTime());
			return true;
		}
		return false;
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
