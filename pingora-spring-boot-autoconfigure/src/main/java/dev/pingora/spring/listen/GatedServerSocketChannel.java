package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A server channel with a door, for servers that accept with a thread of their own: while
 * the door is closed {@link #accept()} waits, and connections wait in the kernel's queue.
 * Closing this channel ends the waiting and leaves the socket open.
 */
public final class GatedServerSocketChannel extends ServerSocketChannel {

	private final ServerSocketChannel adopted;

	private final Selector selector;

	private final SelectionKey key;

	private final Runnable accepted;

	private final Queue<SocketChannel> inside = new ArrayDeque<>();

	private final Object turn = new Object();

	private boolean open;

	private boolean refusing;

	GatedServerSocketChannel(ServerSocketChannel adopted, Runnable accepted) throws IOException {
		super(adopted.provider());
		this.adopted = adopted;
		this.accepted = accepted;
		this.selector = adopted.provider().openSelector();
		this.key = adopted.register(this.selector, 0);
	}

	/**
	 * Wait for a connection. It has been counted when this returns.
	 */
	@Override
	public SocketChannel accept() throws IOException {
		while (true) {
			synchronized (this.turn) {
				SocketChannel connection = tryAccept();
				if (connection != null) {
					return connection;
				}
			}
			await();
		}
	}

	private @Nullable SocketChannel tryAccept() throws IOException {
		while (isOpen()) {
			if (!this.inside.isEmpty()) {
				return this.inside.remove();
			}
			SocketChannel connection = this.open ? this.adopted.accept() : null;
			if (connection != null) {
				this.accepted.run();
				return connection;
			}
			if (this.refusing) {
				closeSocket();
			}
			if (this.adopted.isOpen()) {
				return null;
			}
			awaitClose();
		}
		throw new AsynchronousCloseException();
	}

	/**
	 * Wait for the server to close this channel, when the socket is closed already. The
	 * caller looks again after each wake-up.
	 */
	@SuppressWarnings("WaitNotInLoop")
	private void awaitClose() throws IOException {
		try {
			this.turn.wait();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ClosedByInterruptException();
		}
	}

	private void await() throws IOException {
		try {
			this.selector.select();
			this.selector.selectedKeys().clear();
		}
		catch (ClosedSelectorException ex) {
			// the socket is closed, which the next turn finds
		}
	}

	/**
	 * Let a connection in that has not come through the door, and is not counted.
	 */
	void letIn(SocketChannel connection) {
		synchronized (this.turn) {
			this.inside.add(connection);
		}
		this.selector.wakeup();
	}

	boolean isListening() {
		return this.adopted.isOpen();
	}

	void openGate() {
		synchronized (this.turn) {
			if (!this.adopted.isOpen()) {
				return;
			}
			this.open = true;
			this.key.interestOps(SelectionKey.OP_ACCEPT);
		}
		this.selector.wakeup();
	}

	/**
	 * Stop accepting. What was accepted before is counted when this returns.
	 */
	void closeGate() {
		synchronized (this.turn) {
			this.open = false;
			if (this.key.isValid()) {
				this.key.interestOps(0);
			}
		}
		this.selector.wakeup();
	}

	/**
	 * Let the accepting thread empty the queue, and close the socket.
	 */
	void refuse(Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		synchronized (this.turn) {
			this.refusing = true;
			this.selector.wakeup();
			for (long left = timeout.toMillis(); this.adopted.isOpen() && left > 0;) {
				this.turn.wait(left);
				left = (deadline - System.nanoTime()) / 1_000_000;
			}
			closeSocket();
		}
	}

	/**
	 * Close the socket in this process. The selector goes with it, because it would keep
	 * the descriptor open until its next turn.
	 */
	void closeSocket() {
		synchronized (this.turn) {
			this.open = false;
			try {
				this.adopted.close();
				this.selector.close();
			}
			catch (IOException ex) {
				// close(2) releases the descriptor whatever it returns
			}
			this.turn.notifyAll();
		}
	}

	@Override
	protected void implCloseSelectableChannel() {
		this.selector.wakeup();
		synchronized (this.turn) {
			this.turn.notifyAll();
		}
	}

	/**
	 * Do nothing: the socket shares its blocking mode with another process.
	 */
	@Override
	protected void implConfigureBlocking(boolean block) {
	}

	@Override
	public ServerSocketChannel bind(SocketAddress local, int backlog) {
		return this;
	}

	@Override
	public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
		this.adopted.setOption(name, value);
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		return this.adopted.getOption(name);
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.adopted.supportedOptions();
	}

	@Override
	public ServerSocket socket() {
		return this.adopted.socket();
	}

	@Override
	public SocketAddress getLocalAddress() throws IOException {
		return this.adopted.getLocalAddress();
	}

}
