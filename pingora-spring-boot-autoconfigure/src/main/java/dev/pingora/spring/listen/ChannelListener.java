package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that accepts from a channel of the JDK, on one listening socket.
 */
public final class ChannelListener implements Listener {

	private static final Logger logger = LoggerFactory.getLogger(ChannelListener.class);

	private static final Duration REFUSE_TIMEOUT = Duration.ofSeconds(2);

	private final String service;

	private final SocketClaim claim;

	private final ServedConnections served;

	private final Connections connections = new Connections();

	private @Nullable ListeningSocket socket;

	private @Nullable GatedServerSocketChannel channel;

	/**
	 * Create the listener of a server that is bound later.
	 * @param service the name of what is served
	 * @param claim where the socket is claimed when the server is bound
	 * @param served the connections of the server
	 */
	public ChannelListener(String service, SocketClaim claim, ServedConnections served) {
		this.service = service;
		this.claim = claim;
		this.served = served;
	}

	/**
	 * Return whether this JVM lets a server of the JDK adopt a socket, by trying once.
	 * @return whether it does; if not, the reason is logged
	 */
	public static boolean isPossible() {
		return EventLoops.canAdopt() && Probe.SUCCEEDED;
	}

	private static boolean probe() {
		try {
			int descriptor = SocketOpener.open(ListenAddress.parse("127.0.0.1:0"), SocketOptions.DEFAULT);
			JdkServerSocket.adopt(descriptor, false).close();
			return true;
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("A JDK server channel cannot be put over a descriptor: {}", ex.getMessage());
			return false;
		}
	}

	/**
	 * Claim the socket of an address and return the channel that the server accepts from.
	 * @param address the configured address
	 * @return the channel, which accepts nothing yet
	 * @throws ListenException if a new socket cannot be opened
	 * @throws IOException if the channel cannot be made
	 */
	public GatedServerSocketChannel open(InetSocketAddress address) throws IOException {
		ListenAddress wanted = ListenAddress.ofWebServer(ListenAddress.of(address));
		ListeningSocket claimed = Objects.requireNonNull(this.claim.claim(wanted), "sockets cannot be adopted here");
		boolean ipv6 = claimed.address() instanceof TcpAddress tcp && tcp.isIpv6();
		ServerSocketChannel adopted = JdkServerSocket.adopt(claimed.descriptor(), ipv6);
		GatedServerSocketChannel gated = new GatedServerSocketChannel(adopted, this.connections::opened);
		this.socket = claimed;
		this.channel = gated;
		return gated;
	}

	@Override
	public String service() {
		return this.service;
	}

	@Override
	public ListenAddress address() {
		return Objects.requireNonNull(this.socket, "the server is not bound").address();
	}

	@Override
	public @Nullable ListeningSocket socket() {
		return this.socket;
	}

	@Override
	public boolean isListening() {
		return this.channel != null && this.channel.isListening();
	}

	@Override
	public Connections connections() {
		return this.connections;
	}

	@Override
	public HttpScheme scheme() {
		return this.served.isSecure() ? HttpScheme.HTTPS : HttpScheme.HTTP;
	}

	@Override
	public Socket connectInside() throws IOException {
		return InsideDoor.connect((far) -> {
			this.connections.openedInside();
			channel().letIn(far);
		});
	}

	/**
	 * Return how many connections are busy: none where all that are open come from
	 * within.
	 */
	@Override
	public int busy() {
		return (this.connections.active() > 0) ? this.served.busy() : 0;
	}

	@Override
	public void accept() {
		this.connections.goOn();
		this.served.goOn();
		channel().openGate();
	}

	@Override
	public void pause() {
		channel().closeGate();
	}

	@Override
	public void resume() {
		channel().openGate();
	}

	@Override
	public void leave(double share, Duration streamTimeout) {
		this.connections.leave(share, streamTimeout);
		this.served.leave();
	}

	@Override
	public void drain(Duration streamTimeout) {
		channel().closeGate();
		beginDrain(streamTimeout);
	}

	@Override
	public void drainAndRefuse(Duration streamTimeout) {
		try {
			channel().refuse(REFUSE_TIMEOUT);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		beginDrain(streamTimeout);
	}

	private void beginDrain(Duration streamTimeout) {
		this.connections.drain(streamTimeout);
		this.served.drain();
	}

	@Override
	public int cutOff() {
		int busy = busy();
		this.served.closeAll();
		return busy;
	}

	@Override
	public void close(boolean removePath) {
		channel().closeSocket();
	}

	private GatedServerSocketChannel channel() {
		return Objects.requireNonNull(this.channel, "the server is not bound");
	}

	/**
	 * The trial, which a management port does not repeat.
	 */
	private static final class Probe {

		static final boolean SUCCEEDED = probe();

	}

}
