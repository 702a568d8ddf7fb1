package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket beside the upgrade socket on which one process says in a line how it is,
 * and is told what to do by another process of the same server. It answers as long as the
 * process lives, also when another one has the listening sockets.
 */
public final class StatusSocket implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(StatusSocket.class);

	private final UpgradeSocket beside;

	private final Path path;

	private final Supplier<String> status;

	private final Consumer<String> onOrder;

	private @Nullable ServerSocketChannel channel;

	private boolean closed;

	private StatusSocket(UpgradeSocket beside, int generation, Supplier<String> status, Consumer<String> onOrder) {
		this.beside = beside;
		this.path = path(beside, ProcessHandle.current().pid(), generation);
		this.status = status;
		this.onOrder = onOrder;
	}

	static Path path(UpgradeSocket beside, long pid, int generation) {
		return beside.path().resolveSibling("%s.%d-%d".formatted(beside.path().getFileName(), pid, generation));
	}

	/**
	 * Answer from now on, on a thread of its own. A server does without where the socket
	 * cannot be opened.
	 * @param beside the upgrade socket, which gives the place and the name
	 * @param generation the generation of this process
	 * @param status returns the line
	 * @param onOrder told the line that a trusted process has sent
	 * @return the socket
	 */
	public static StatusSocket open(UpgradeSocket beside, int generation, Supplier<String> status,
			Consumer<String> onOrder) {
		StatusSocket socket = new StatusSocket(beside, generation, status, onOrder);
		Thread thread = new Thread(socket::serve, "pingora-status");
		thread.setDaemon(true);
		thread.start();
		return socket;
	}

	Path path() {
		return this.path;
	}

	private void serve() {
		try {
			ServerSocketChannel open = bind();
			while (open != null) {
				answer(open);
			}
		}
		catch (ClosedChannelException ex) {
			// the process ends
		}
		catch (IOException | UpgradeException | UnsupportedOperationException ex) {
			logger.debug("The status of this process cannot be asked for on '{}'", this.path, ex);
		}
	}

	private synchronized @Nullable ServerSocketChannel bind() throws IOException {
		if (this.closed) {
			return null;
		}
		this.beside.prepareDirectory();
		Files.deleteIfExists(this.path);
		this.channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.channel.bind(UnixDomainSocketAddress.of(this.path));
		Files.setPosixFilePermissions(this.path, PosixFilePermissions.fromString("rw-------"));
		return this.channel;
	}

	private void answer(ServerSocketChannel open) throws IOException {
		try (SocketChannel peer = open.accept()) {
			peer.write(ByteBuffer.wrap((this.status.get() + "\n").getBytes(StandardCharsets.UTF_8)));
			peer.shutdownOutput();
			String order = StatusOrder.receive(peer);
			if (!order.isEmpty()) {
				obey(order, peer);
			}
		}
		catch (ClosedChannelException ex) {
			throw ex;
		}
		catch (IOException ex) {
			logger.debug("Nobody waited for the status of this process", ex);
		}
	}

	private void obey(String order, SocketChannel peer) throws IOException {
		if (StatusOrder.isTrusted(peer, this.path)) {
			this.onOrder.accept(order);
		}
		else {
			logger.warn("Refused an order of another user on '{}'", this.path);
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.channel != null) {
			try {
				this.channel.close();
				Files.deleteIfExists(this.path);
			}
			catch (IOException ex) {
				logger.debug("'{}' cannot be removed", this.path, ex);
			}
		}
	}

}
