package dev.pingora.spring.web.tomcat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import dev.pingora.spring.listen.Connections;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * The connections of Tomcat that are told one by one to end with their next request.
 */
final class LeavingConnections {

	private final AbstractEndpoint<NioChannel, ?> endpoint;

	private final Connections connections;

	private final Predicate<SocketWrapperBase<?>> http2;

	private final Map<SocketWrapperBase<NioChannel>, Double> ranks = new HashMap<>();

	private final Set<SocketWrapperBase<NioChannel>> told = new HashSet<>();

	/**
	 * Create the connections.
	 * @param http2 tells a connection of HTTP/2, and whether it could
	 */
	LeavingConnections(AbstractEndpoint<NioChannel, ?> endpoint, Connections connections,
			Predicate<SocketWrapperBase<?>> http2) {
		this.endpoint = endpoint;
		this.connections = connections;
		this.http2 = http2;
	}

	/**
	 * Tell those whose moment has come.
	 */
	synchronized void tell() {
		Set<SocketWrapperBase<NioChannel>> open = this.endpoint.getConnections();
		this.ranks.keySet().retainAll(open);
		this.told.retainAll(open);
		for (SocketWrapperBase<NioChannel> connection : open) {
			double rank = this.ranks.computeIfAbsent(connection, (added) -> this.connections.rank());
			if (this.connections.isLeaving(rank) && !this.told.contains(connection)) {
				end(connection);
			}
		}
	}

	/**
	 * Say to a connection that its next request is its last, and to a WebSocket with
	 * status 1001. While a thread works on one, it cannot be seen that it is one, so that
	 * it is told the next time.
	 */
	private void end(SocketWrapperBase<NioChannel> connection) {
		connection.setKeepAliveLeft(1);
		if (closeWebSocket(connection) || this.http2.test(connection)) {
			this.told.add(connection);
		}
	}

	/**
	 * Tell every WebSocket that has not been told.
	 */
	synchronized void tellAll() {
		this.endpoint.getConnections()
			.stream()
			.filter((connection) -> !this.told.contains(connection))
			.forEach(this::closeWebSocket);
	}

	private boolean closeWebSocket(SocketWrapperBase<NioChannel> connection) {
		if (UpgradedConnections.isWebSocket(connection)) {
			this.endpoint.processSocket(connection, SocketEvent.STOP, true);
			return true;
		}
		return false;
	}

	/**
	 * Let connections stay open again.
	 */
	synchronized void forget() {
		this.ranks.clear();
		this.told.clear();
	}

}
