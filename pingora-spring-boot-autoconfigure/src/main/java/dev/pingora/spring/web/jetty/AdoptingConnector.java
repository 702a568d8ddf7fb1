package dev.pingora.spring.web.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.listen.ServedConnections;
import dev.pingora.spring.listen.SocketClaim;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.server.PingoraServer;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * A connector of Jetty on a socket that is claimed when it starts, and whose connections
 * are counted.
 */
final class AdoptingConnector
		implements LifeCycle.Listener, Connection.Listener, SelectorManager.AcceptListener, ServedConnections {

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does: Jetty only closes its output.
	 */
	static final long LINGER_MILLIS = 1000;

	private static final boolean HTTP2 = isPresent(
			"org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory");

	private static final boolean WEB_SOCKETS = isPresent(
			"org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer")
			&& isPresent("org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer");

	private final PingoraServer server;

	private final ServerConnector connector;

	private final @Nullable Http2Sessions http2;

	private final @Nullable WebSockets webSockets;

	private final Exchanges exchanges;

	private final ChannelListener listener;

	private volatile boolean closed;

	AdoptingConnector(String name, PingoraServer server, ServerConnector connector) {
		this.server = server;
		this.connector = connector;
		SocketClaim claim = (address) -> server.claim(address, options());
		this.listener = new ChannelListener(name, claim, this);
		this.http2 = HTTP2 ? new Http2Sessions(connector, this.listener.connections()) : null;
		this.webSockets = WEB_SOCKETS ? new WebSockets(connector, this.listener.connections()) : null;
		this.exchanges = new Exchanges(connector.getScheduler(), this.listener.connections(), this::streamEnded);
		connector.addBean(this);
		connector.getContainedBeans(HttpConfiguration.class)
			.forEach((configuration) -> configuration.getCustomizers().add(0, this.exchanges));
	}

	private static boolean isPresent(String className) {
		return ClassUtils.isPresent(className, AdoptingConnector.class.getClassLoader());
	}

	private SocketOptions options() {
		int backlog = this.connector.getAcceptQueueSize();
		return (backlog > 0) ? new SocketOptions(backlog, SocketOptions.DEFAULT.unixPermissions())
				: SocketOptions.DEFAULT;
	}

	/**
	 * Claim the socket. Jetty passes a listener of its selectors on to these, which start
	 * after the connector.
	 */
	@Override
	public void lifeCycleStarting(LifeCycle starting) {
		if (starting == this.connector) {
			claim();
		}
	}

	private void claim() {
		try {
			String host = this.connector.getHost();
			int port = this.connector.getPort();
			this.connector.open(this.listener
				.open((host != null) ? new InetSocketAddress(host, port) : new InetSocketAddress(port)));
			this.server.add(this.listener);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Close a connection that was accepted when all were closed, and is not served yet.
	 * Jetty would answer its request with 500 when it stops.
	 */
	@Override
	public void onOpened(Connection connection) {
		if (this.closed) {
			connection.getEndPoint().close();
		}
	}

	/**
	 * Count a connection down when its socket is closed; one that changes its protocol
	 * goes on.
	 */
	@Override
	public void onClosed(Connection connection) {
		EndPoint endPoint = connection.getEndPoint();
		if (endPoint instanceof SocketChannelEndPoint && !endPoint.isOpen()) {
			this.listener.connections().closed();
		}
	}

	@Override
	public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
		this.listener.connections().closed();
	}

	private void streamEnded(Connection connection) {
		if (this.http2 != null) {
			this.http2.streamEnded(connection);
		}
	}

	/**
	 * Tell connections of HTTP/2 and WebSockets. Each response of HTTP/1.1 asks whether
	 * its connection leaves.
	 */
	@Override
	public void leave() {
		if (this.http2 != null) {
			this.http2.tell();
		}
		if (this.webSockets != null) {
			this.webSockets.tell();
		}
	}

	@Override
	public void drain() {
		leave();
		this.connector.getScheduler()
			.schedule(this::tellLate, this.listener.connections().streamTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Tell the WebSockets that have begun in the drain.
	 */
	private void tellLate() {
		if (this.listener.connections().isDraining()) {
			leave();
		}
	}

	@Override
	public void goOn() {
		this.closed = false;
		if (this.webSockets != null) {
			this.webSockets.goOn();
		}
	}

	@Override
	public int busy() {
		return this.exchanges.inFlight();
	}

	@Override
	public boolean isSecure() {
		return this.connector.getConnectionFactory(SslConnectionFactory.class) != null;
	}

	@Override
	public void closeAll() {
		this.closed = true;
		this.connector.getConnectedEndPoints().forEach(EndPoint::close);
	}

}
