package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.time.Duration;

import dev.pingora.spring.service.Service;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.ChannelBindException;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ServerTransport;

/**
 * A service on one listening socket. It accepts nothing before it is told to, and can
 * stop and start again without closing the socket.
 */
public final class Listener {

	private static final Logger logger = LoggerFactory.getLogger(Listener.class);

	private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(45);

	private static final Duration GATE_TIMEOUT = Duration.ofSeconds(10);

	private final String service;

	private final ListenAddress address;

	private final @Nullable ListeningSocket socket;

	private final Connections connections = new Connections();

	private final AcceptGate gate = new AcceptGate(this.connections);

	private final Channel channel;

	private Listener(Service service, ListenAddress name, @Nullable ListeningSocket socket, EventLoops loops) {
		this.service = service.name();
		this.socket = socket;
		this.channel = bind(service.server(), name, new Adoption(loops, socket));
		this.channel.pipeline().addFirst(this.gate);
		this.address = (socket != null) ? socket.address() : ListenAddress.of(this.channel.localAddress());
	}

	/**
	 * Put a service on the socket of an address: the inherited one, or else a new one.
	 * @param service the service
	 * @param address the configured address
	 * @param options how to open a new socket
	 * @param sockets where the socket is claimed
	 * @param loops the threads that serve it
	 * @return a listener that does not accept yet
	 * @throws ListenException if a new socket cannot be opened
	 */
	public static Listener open(Service service, ListenAddress address, SocketOptions options, ListeningSockets sockets,
			EventLoops loops) {
		ListeningSocket socket = EventLoops.canAdopt() ? sockets.claim(address, options) : null;
		return new Listener(service, address, socket, loops);
	}

	private Channel bind(ServerTransport<?, ?> server, ListenAddress name, LoopResources loops) {
		try {
			return server.runOn(loops)
				.bindAddress(name::toSocketAddress)
				.doOnChannelInit((observer, child, remote) -> deferClose(child))
				.bindNow(OPEN_TIMEOUT)
				.channel();
		}
		catch (ChannelBindException ex) {
			boolean inUse = ex.getCause() instanceof BindException;
			throw new ListenException(name, inUse ? "the address is in use" : String.valueOf(ex.getMessage()), inUse,
					ex);
		}
	}

	private void deferClose(Channel child) {
		ChannelPipeline pipeline = child.pipeline();
		if (pipeline.get(NettyPipeline.HttpCodec) != null) {
			pipeline.addAfter(NettyPipeline.HttpCodec, HttpDeferredClose.NAME, new HttpDeferredClose(this.connections));
		}
	}

	/**
	 * Return the name of the service.
	 * @return the key of the service in the configuration
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Return the address that the kernel has bound.
	 * @return the address, with the real port where any was asked for
	 */
	public ListenAddress address() {
		return this.address;
	}

	/**
	 * Return the socket, which a successor can be given.
	 * @return the socket, or {@code null} where this JVM cannot hand sockets over
	 */
	public @Nullable ListeningSocket socket() {
		return this.socket;
	}

	/**
	 * Return whether a predecessor opened the socket.
	 * @return whether the socket is inherited
	 */
	public boolean isInherited() {
		return this.socket != null && this.socket.inherited();
	}

	/**
	 * Return the connections that came in through this listener.
	 * @return the connections
	 */
	public Connections connections() {
		return this.connections;
	}

	/**
	 * Accept connections, from the queue first.
	 */
	public void accept() {
		this.connections.draining(false);
		this.gate.open(this.channel);
	}

	/**
	 * Stop accepting, and let every connection end after its next response. The socket
	 * stays open: connections wait in its queue, and whoever has it may accept them.
	 */
	public void drain() {
		this.gate.close(this.channel).awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		this.connections.draining(true);
	}

	/**
	 * Accept what waits in the queue, close the socket, and let every connection end
	 * after its next response. Later connections are refused.
	 */
	public void drainAndRefuse() {
		this.gate.closeSocket(this.channel).awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		this.connections.draining(true);
		removePath();
	}

	/**
	 * Close the connections that are left.
	 * @return how many were cut off in the middle of an exchange
	 */
	public int cutOff() {
		return this.connections.cutOff();
	}

	/**
	 * Close the socket in this process.
	 * @param removePath whether nobody else has the socket, so that the path of a Unix
	 * socket has to go with it
	 */
	public void close(boolean removePath) {
		this.channel.close().awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		if (removePath) {
			removePath();
		}
	}

	private void removePath() {
		if (this.address instanceof UnixAddress unix) {
			try {
				Files.deleteIfExists(unix.path());
			}
			catch (IOException ex) {
				logger.warn("Cannot remove the path of the Unix socket {}: {}", unix, ex.getMessage());
			}
		}
	}

}
