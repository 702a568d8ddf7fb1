package dev.pingora.spring.web.tomcat;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.listen.ServedConnections;
import dev.pingora.spring.listen.SocketClaim;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.server.PingoraServer;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's HTTP/1.1 over NIO on a socket that is claimed. Boot makes it by the name of
 * its class.
 */
public final class AdoptingProtocol extends Http11NioProtocol implements ServedConnections {

	private static final int CLOSE_AFTER_FIRST = 1;

	private int maxKeepAliveRequests;

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
	}

	/**
	 * Let each connection end with its next request, an error of Tomcat's own included. A
	 * response that is in flight keeps its connection for one request more: a header of
	 * ours would make Tomcat end its body with the connection instead of in chunks, and a
	 * client could not tell a whole body from one that was cut off.
	 */
	@Override
	public void draining(boolean draining) {
		if (draining && getMaxKeepAliveRequests() != CLOSE_AFTER_FIRST) {
			this.maxKeepAliveRequests = getMaxKeepAliveRequests();
			setMaxKeepAliveRequests(CLOSE_AFTER_FIRST);
		}
		else if (!draining && this.maxKeepAliveRequests != 0) {
			setMaxKeepAliveRequests(this.maxKeepAliveRequests);
		}
	}

	@Override
	public int busy() {
		return getWaitingProcessorCount() + ((this.requests != null) ? this.requests.inFlight() : 0);
	}

	@Override
	public void closeAll() {
		getEndpoint().getConnections().forEach(SocketWrapperBase::close);
	}

}
