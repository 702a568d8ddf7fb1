package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.pingora.spring.service.Service;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.ChannelBindException;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServerConfig;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.ServerTransport;
import reactor.netty.transport.TransportConfig;

/**
 * A Reactor Netty server on one listening socket.
 */
public final class NettyListener implements Listener {

	private static final Logger logger = LoggerFactory.getLogger(NettyListener.class);

	private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(45);

	private static final Duration GATE_TIMEOUT = Duration.ofSeconds(10);

	private final String service;

	private final SocketClaim claim;

	private final Connections connections = new Connections();

	private final OpenChannels open = new OpenChannels();

	private final ListenerOptions options;

	private final AcceptGate gate;

	private @Nullable ListeningSocket socket;

	private @Nullable Channel channel;

	private HttpScheme scheme = HttpScheme.NONE;

	/**
	 * Create the listener of a server that is bound later.
	 * @param service the name of what is served
	 * @param claim where the socket is claimed when the server is bound
	 */
	public NettyListener(String service, SocketClaim claim) {
		this(service, claim, ListenerOptions.DEFAULT);
	}

	private NettyListener(String service, SocketClaim claim, ListenerOptions options) {
		this.service = service;
		this.claim = claim;
		this.options = options;
		this.gate = new AcceptGate(this::accepted, new Admission(service, options, this.connections));
	}

	/**
	 * Put a service on the socket of an address.
	 * @param service the service
	 * @param address the configured address
	 * @param claim where the socket is claimed
	 * @param loops the threads that serve it
	 * @param options how its connections are treated
	 * @return a listener that does not accept yet
	 * @throws ListenException if a new socket cannot be opened
	 */
	public static NettyListener open(Service service, ListenAddress address, SocketClaim claim, EventLoops loops,
			ListenerOptions options) {
		NettyListener listener = new NettyListener(service.name(), claim, options);
		try {
			listener.on(listener.secure(service.server()))
				.runOn(listener.on(loops))
				.bindAddress(address::toSocketAddress)
				.bindNow(OPEN_TIMEOUT);
		}
		catch (ChannelBindException ex) {
			boolean inUse = ex.getCause() instanceof BindException;
			throw new ListenException(address, inUse ? "the address is in use" : String.valueOf(ex.getMessage()), inUse,
					ex);
		}
		return listener;
	}

	private ServerTransport<?, ?> secure(ServerTransport<?, ?> server) {
		return (this.options.tls() != null) ? this.options.tls().secure(server) : server;
	}

	/**
	 * Return a server that claims its socket when it is bound, and tells this listener of
	 * its connections.
	 * @param server a server that has its address or gets it later
	 * @return the changed server, which has to {@linkplain #on(LoopResources) run on} the
	 * loops of this listener
	 */
	public ServerTransport<?, ?> on(ServerTransport<?, ?> server) {
		return server.doOnBind(this::bind)
			.doOnChannelInit((observer, child, remote) -> ProtocolChoice.install(child.pipeline(), this.connections));
	}

	/**
	 * Return event loops whose server channel is put over the socket of this listener.
	 * @param loops the threads: epoll where sockets can be adopted
	 * @return the loops
	 */
	public LoopResources on(LoopResources loops) {
		return new Adoption(loops, () -> this.socket, this::created);
	}

	private void bind(TransportConfig config) {
		if (config instanceof HttpServerConfig http && List.of(http.protocols()).contains(HttpProtocol.HTTP11)) {
			this.scheme = http.isSecure() ? HttpScheme.HTTPS : HttpScheme.HTTP;
		}
		claim(Objects.requireNonNull(config.bindAddress()).get());
	}

	private void claim(SocketAddress address) {
		ListenAddress wanted = ListenAddress.of(address);
		if (this.socket != null && (this.channel == null || this.channel.isOpen())) {
			throw new ListenException(wanted, "'%s' listens on %s already, and a customizer must not bind it once more"
				.formatted(this.service, address()), false, null);
		}
		this.socket = this.claim.claim(wanted);
	}

	private void created(Channel created) {
		created.pipeline().addFirst(this.gate);
		this.channel = created;
	}

	private void accepted(Channel child) {
		this.connections.opened();
		this.open.add(child);
		child.closeFuture().addListener((future) -> {
			this.open.remove(child);
			this.connections.closed();
			this.gate.resume(channel());
		});
	}

	@Override
	public String service() {
		return this.service;
	}

	@Override
	public ListenAddress address() {
		return (this.socket != null) ? this.socket.address() : ListenAddress.of(channel().localAddress());
	}

	@Override
	public @Nullable ListeningSocket socket() {
		return this.socket;
	}

	@Override
	public boolean isListening() {
		return this.channel != null && this.channel.isOpen();
	}

	private Channel channel() {
		return Objects.requireNonNull(this.channel, "the server is not bound");
	}

	@Override
	public Connections connections() {
		return this.connections;
	}

	@Override
	public HttpScheme scheme() {
		return this.scheme;
	}

	@Override
	public Socket connectInside() throws IOException {
		if (!EventLoops.canAdopt()) {
			throw new IOException("It needs native epoll");
		}
		Channel server = channel();
		return InsideMeeting.connect(server, (child) -> this.gate.letIn(server, child));
	}

	@Override
	public int busy() {
		return this.open.busy();
	}

	@Override
	public void accept() {
		this.connections.goOn();
		this.gate.open(channel());
	}

	@Override
	public void pause() {
		this.gate.close(channel());
	}

	@Override
	public void resume() {
		this.gate.open(channel());
	}

	@Override
	public void leave(double share, Duration streamTimeout) {
		this.connections.leave(share, streamTimeout);
		this.open.tellThoseWhoLeave();
	}

	@Override
	public void drain(Duration streamTimeout) {
		this.gate.close(channel()).awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		beginDrain(streamTimeout);
	}

	@Override
	public void drainAndRefuse(Duration streamTimeout) {
		this.gate.closeSocket(channel()).awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		beginDrain(streamTimeout);
		removePath();
	}

	private void beginDrain(Duration streamTimeout) {
		this.connections.drain(streamTimeout);
		this.open.tellAll();
	}

	@Override
	public int cutOff() {
		return this.open.cutOff();
	}

	@Override
	public void close(boolean removePath) {
		channel().close().awaitUninterruptibly(GATE_TIMEOUT.toMillis());
		if (removePath) {
			removePath();
		}
	}

	private void removePath() {
		if (address() instanceof UnixAddress unix) {
			try {
				Files.deleteIfExists(unix.path());
			}
			catch (IOException ex) {
				logger.warn("Cannot remove the path of the Unix socket {}: {}", unix, ex.getMessage());
			}
		}
	}

}
