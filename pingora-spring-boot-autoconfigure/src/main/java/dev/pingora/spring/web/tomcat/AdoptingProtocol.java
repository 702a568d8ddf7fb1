package dev.pingora.spring.web.tomcat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.listen.Connections;
import dev.pingora.spring.listen.ServedConnections;
import dev.pingora.spring.listen.SocketClaim;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.server.PingoraServer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO on a socket that is claimed. Boot makes it by the name of
 * its class.
 */
public final class AdoptingProtocol extends Http11NioProtocol implements ServedConnections {

	private static final int CLOSE_AFTER_FIRST = 1;

	private static final String HTTP_1_1 = "HTTP/1.1";

	private static final String HEAD = "HEAD";

	private static final int NO_LIMIT = -1;

	private final ThreadLocal<Boolean> handshake = new ThreadLocal<>();

	private int maxKeepAliveRequests;

	private @Nullable LeavingConnections leaving;

	private @Nullable UpgradedConnections upgraded;

	private @Nullable Connections connections;

	private @Nullable RequestCount requests;

	/**
	 * Create the protocol with an endpoint that has no listener yet.
	 */
	public AdoptingProtocol() {
		super(new AdoptingEndpoint());
	}

	/**
	 * Set where the socket comes from, and whom to tell when it is there.
	 */
	void adopt(String name, PingoraServer server, RequestCount newRequests) {
		SocketClaim claim = (address) -> server.claim(address,
				new SocketOptions(getAcceptCount(), SocketOptions.DEFAULT.unixPermissions()));
		ChannelListener listener = new ChannelListener(name, claim, this);
		((AdoptingEndpoint) getEndpoint()).listener(listener, server::add);
		this.requests = newRequests;
		this.connections = listener.connections();
		newRequests.note(listener.connections().seen());
		this.upgraded = new UpgradedConnections(getEndpoint()::getConnections, listener.connections());
		this.leaving = new LeavingConnections(getEndpoint(), listener.connections(), this.upgraded::tell);
	}

	/**
	 * Let each connection end with its next request, an error of Tomcat's own included.
	 * HTTP/2 connections are told with GOAWAY (RFC 9113 §6.8), and WebSockets with status
	 * 1001.
	 */
	@Override
	public void drain() {
		if (getMaxKeepAliveRequests() != CLOSE_AFTER_FIRST) {
			this.maxKeepAliveRequests = getMaxKeepAliveRequests();
			setMaxKeepAliveRequests(CLOSE_AFTER_FIRST);
		}
		leaving().tellAll();
		if (this.upgraded != null) {
			this.upgraded.end(getUtilityExecutor(), findUpgradeProtocols(), leaving()::tellAll);
		}
	}

	/**
	 * Say {@code Connection: close} in a response to a request that began before the
	 * drain. Tomcat asks this right before it writes the head of a response that has a
	 * body, in the thread of the request.
	 */
	@Override
	public boolean useCompression(Request request, Response response) {
		if (this.connections != null && this.connections.isDraining()
				&& HTTP_1_1.equals(request.protocol().toString())) {
			response.getMimeHeaders().setValue("Connection").setString("close");
			if (!HEAD.equals(request.getMethod())) {
				keepFraming(response);
			}
		}
		return super.useCompression(request, response);
	}

	/**
	 * Ask for chunks, with trailers of which there are none: Tomcat would end a body of
	 * unknown length with the connection, and a client could not tell a whole body from
	 * one that was cut off.
	 */
	private static void keepFraming(Response response) {
		if (response.getContentLengthLong() == -1 && response.getTrailerFields() == null) {
			response.setTrailerFields(Map::of);
		}
	}

	/**
	 * Note that the request of this thread begins a WebSocket. Tomcat asks this right
	 * before it asks for {@link #getMaxKeepAliveRequests()}.
	 */
	@Override
	public @Nullable UpgradeProtocol getUpgradeProtocol(@Nullable String name) {
		if (UpgradedConnections.WEBSOCKET.equalsIgnoreCase(name)) {
			this.handshake.set(true);
		}
		return super.getUpgradeProtocol(name);
	}

	/**
	 * Let the answer to a handshake be one: Tomcat would say {@code Connection: close}
	 * beside {@code Connection: upgrade}, which clients refuse.
	 */
	@Override
	public int getMaxKeepAliveRequests() {
		if (this.handshake.get() != null) {
			this.handshake.remove();
			return NO_LIMIT;
		}
		return super.getMaxKeepAliveRequests();
	}

	@Override
	public void leave() {
		leaving().tell();
	}

	private LeavingConnections leaving() {
		return Objects.requireNonNull(this.leaving, "the protocol has no listener");
	}

	@Override
	public void goOn() {
		leaving().forget();
		if (this.upgraded != null) {
			this.upgraded.goOn();
		}
		if (this.maxKeepAliveRequests != 0) {
			setMaxKeepAliveRequests(this.maxKeepAliveRequests);
		}
	}

	@Override
	public int busy() {
		return getWaitingProcessorCount() + ((this.requests != null) ? this.requests.inFlight() : 0);
	}

	@Override
	public boolean isSecure() {
		return getEndpoint().isSSLEnabled();
	}

	@Override
	public void closeAll() {
		getEndpoint().getConnections().forEach(AdoptingProtocol::shutDown);
	}

	/**
	 * Shut both directions down, which wakes a thread that waits for its client. Closing
	 * would leave it waiting for a time-out, and the process with it. The output comes
	 * first, or Tomcat answers the end of the input with an error.
	 */
	private static void shutDown(SocketWrapperBase<NioChannel> connection) {
		try {
			SocketChannel channel = connection.getSocket().getIOChannel();
			if (channel != null) {
				channel.shutdownOutput();
				channel.shutdownInput();
			}
		}
		catch (IOException ex) {
			connection.close();
		}
	}

}
