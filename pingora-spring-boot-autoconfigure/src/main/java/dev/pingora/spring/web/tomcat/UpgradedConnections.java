package dev.pingora.spring.web.tomcat;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.pingora.spring.listen.Connections;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.upgrade.UpgradeProcessorInternal;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SocketWrapperBase;

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

	private static final String WEBSOCKET = "websocket";

	private final Supplier<? extends Collection<? extends SocketWrapperBase<?>>> open;

	private final Connections connections;

	private final Map<Http2Protocol, Long> keepAlive = new HashMap<>();

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
		if (!this.keepAlive.isEmpty()) {
			executor.schedule(() -> this.open.get().forEach(UpgradedConnections::endWithoutStreams), LINGER_MILLIS,
					TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Let the time be over that an HTTP/2 connection may be idle, which those with
	 * streams do not heed.
	 */
	private static void endWithoutStreams(SocketWrapperBase<?> connection) {
		if (connection.getCurrentProcessor() instanceof UpgradeProcessorInternal upgraded && !isWebSocket(connection)) {
			upgraded.timeoutAsync(Long.MAX_VALUE);
		}
	}

	private static boolean isWebSocket(SocketWrapperBase<?> connection) {
		return connection.getCurrentProcessor() instanceof UpgradeProcessorInternal upgraded
				&& WEBSOCKET.equalsIgnoreCase(upgraded.getUpgradeToken().protocol());
	}

	void goOn() {
		this.keepAlive.forEach(Http2Protocol::setKeepAliveTimeout);
		this.keepAlive.clear();
	}

}
