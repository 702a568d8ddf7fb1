package dev.pingora.spring.web.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;

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

/**
 * A connector of Jetty on a socket that is claimed when it starts, and whose connections
 * are counted.
 */
final class AdoptingConnector
		implements LifeCycle.Listener, Connection.Listener, SelectorManager.AcceptListener, ServedConnections {

	private final PingoraServer server;

	private final ServerConnector connector;

	private final Exchanges exchanges;

	private final ChannelListener listener;

	AdoptingConnector(String name, PingoraServer server, ServerConnector connector) {
		this.server = server;
		this.connector = connector;
		SocketClaim claim = (address) -> server.claim(address, options());
		this.listener = new ChannelListener(name, claim, this);
		this.exchanges = new Exchanges(connector.getScheduler(), this.listener.connections());
		connector.addBean(this);
		connector.getContainedBeans(HttpConfiguration.class)
			.forEach((configuration) -> configuration.getCustomizers().add(0, this.exchanges));
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

	/**
	 * Do nothing: each response asks whether its connection leaves.
	 */
	@Override
	public void leave() {
	}

	@Override
	public void drain() {
	}

	@Override
	public void goOn() {
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
		this.connector.getConnectedEndPoints().forEach(EndPoint::close);
	}

}
