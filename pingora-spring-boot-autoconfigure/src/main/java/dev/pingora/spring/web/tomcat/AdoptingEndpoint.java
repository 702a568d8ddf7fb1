package dev.pingora.spring.web.tomcat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.listen.GatedServerSocketChannel;
import dev.pingora.spring.listen.Listener;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's NIO endpoint on a socket that is claimed, and whose connections are counted.
 */
final class AdoptingEndpoint extends NioEndpoint {

	/**
	 * How often the accepting thread looks whether the endpoint has stopped.
	 */
	private static final long STOP_NANOS = 1_000_000;

	private final AtomicInteger notAccepted = new AtomicInteger();

	private @Nullable ChannelListener listener;

	private volatile @Nullable GatedServerSocketChannel channel;

	private @Nullable Consumer<Listener> opened;

	private volatile boolean stopping;

	void listener(ChannelListener newListener, Consumer<Listener> newOpened) {
		this.listener = newListener;
		this.opened = newOpened;
	}

	private ChannelListener listener() {
		return Objects.requireNonNull(this.listener, "the protocol has no listener");
	}

	@Override
	protected void initServerSocket() throws Exception {
		InetSocketAddress address = (getAddress() != null) ? new InetSocketAddress(getAddress(), getPort())
				: new InetSocketAddress(getPort());
		GatedServerSocketChannel open = listener().open(address);
		getSocketProperties().setProperties(open.socket());
		this.channel = open;
		Objects.requireNonNull(this.opened).accept(listener());
	}

	/**
	 * Let Tomcat count the requests of each connection down even where there is no limit,
	 * because that is how a single one can be told to end.
	 */
	@Override
	public int getMaxKeepAliveRequests() {
		int limit = super.getMaxKeepAliveRequests();
		return (limit <= 0) ? Integer.MAX_VALUE : limit;
	}

	@Override
	protected @Nullable NetworkChannel getServerSocket() {
		return this.channel;
	}

	/**
	 * Accept. Tomcat counts a connection down for each failure of this, too, and logs it
	 * unless it happens after the end.
	 */
	@Override
	protected SocketChannel serverSocketAccept() throws Exception {
		try {
			return Objects.requireNonNull(this.channel, "the endpoint is not bound").accept();
		}
		catch (IOException | RuntimeException ex) {
			this.notAccepted.incrementAndGet();
			while (this.stopping && isRunning()) {
				LockSupport.parkNanos(STOP_NANOS);
			}
			throw ex;
		}
	}

	@Override
	protected long countDownConnection() {
		if (this.notAccepted.getAndUpdate((count) -> Math.max(0, count - 1)) == 0) {
			listener().connections().closed();
		}
		return super.countDownConnection();
	}

	@Override
	protected void doCloseServerSocket() throws IOException {
		GatedServerSocketChannel current = this.channel;
		if (current != null) {
			current.close();
		}
	}

	/**
	 * End the waiting of the accepting thread, to the end of which Tomcat allows 600 ms.
	 */
	@Override
	public void stopInternal() {
		this.stopping = true;
		try {
			doCloseServerSocket();
		}
		catch (IOException ex) {
			getLog().warn("The channel of the listening socket cannot be closed", ex);
		}
		super.stopInternal();
	}

	/**
	 * Do nothing: Tomcat would connect to the port, where another process may accept. The
	 * accepting thread waits in the channel, which closing ends.
	 */
	@Override
	protected void unlockAccept() {
	}

	/**
	 * Close the door first: Tomcat destroys a connection that it accepts after a pause.
	 */
	@Override
	public void pause() {
		if (this.channel != null) {
			listener().pause();
		}
		super.pause();
	}

}
