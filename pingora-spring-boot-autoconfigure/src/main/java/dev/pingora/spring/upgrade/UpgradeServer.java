package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening end of an {@link UpgradeSocket}. A lock beside the path keeps a second
 * successor away; the kernel releases it with the process.
 */
final class UpgradeServer implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeServer.class);

	private final UpgradeSocket socket;

	private final FileChannel lock;

	private final AFUNIXServerSocket server;

	private final AtomicBoolean closed = new AtomicBoolean();

	private UpgradeServer(UpgradeSocket socket, FileChannel lock, AFUNIXServerSocket server) {
		this.socket = socket;
		this.lock = lock;
		this.server = server;
	}

	/**
	 * Listen.
	 * @throws UpgradeException if another successor waits at the same path
	 */
	static UpgradeServer open(UpgradeSocket socket) throws IOException {
		socket.prepareDirectory();
		refuseForeignFile(socket.path());
		FileChannel lock = lock(socket);
		try {
			return new UpgradeServer(socket, lock, bind(socket));
		}
		catch (IOException | RuntimeException ex) {
			lock.close();
			throw ex;
		}
	}

	static void refuseForeignFile(Path path) throws IOException {
		if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
				&& ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000) != 0140000) {
			throw new UpgradeException(
					"'%s' exists and is not a socket; set 'pingora.upgrade.sock' to a free path".formatted(path));
		}
	}

	private static FileChannel lock(UpgradeSocket socket) throws IOException {
		FileChannel channel = FileChannel.open(socket.path().resolveSibling(socket.path().getFileName() + ".lock"),
				StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
		if (tryLock(channel) == null) {
			channel.close();
			throw new UpgradeException("Another successor waits on '%s' already".formatted(socket.path()));
		}
		return channel;
	}

	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			return null;
		}
	}

	/**
	 * Bind and listen, and only then change the permissions or the owner: that is the
	 * event by which a predecessor that came too early knows that it can connect. A
	 * socket that is given away keeps the mode 0666 that junixsocket sets: its directory
	 * is its owner's, who could have put a link at the path.
	 */
	private static AFUNIXServerSocket bind(UpgradeSocket socket) throws IOException {
		Path path = socket.path();
		Files.deleteIfExists(path);
		AFUNIXServerSocket server = AFUNIXServerSocket.newInstance();
		try {
			server.setDeleteOnClose(false);
			server.bind(AFUNIXSocketAddress.of(path));
			if (!socket.giveToOwner(path)) {
				Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
			}
			return server;
		}
		catch (IOException ex) {
			server.close();
			throw ex;
		}
	}

	/**
	 * Accept a connection of a trusted user.
	 * @throws UpgradeException if none comes in time
	 */
	UpgradeConnection accept(Duration timeout) throws IOException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (true) {
			long left = (deadline - System.nanoTime()) / 1_000_000;
			if (left <= 0) {
				throw new UpgradeException(
						"No predecessor handed over to '%s' within %d s; send it SIGQUIT, or start without '-u'"
							.formatted(this.socket.path(), timeout.toSeconds()));
			}
			this.server.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
			UpgradeConnection connection = tryAccept();
			if (connection != null) {
				return connection;
			}
		}
	}

	private @Nullable UpgradeConnection tryAccept() throws IOException {
		AFUNIXSocket accepted;
		try {
			accepted = this.server.accept();
		}
		catch (SocketTimeoutException ex) {
			return null;
		}
		catch (SocketException ex) {
			if (Files.notExists(this.socket.path())) {
				throw new UpgradeException(
						"No predecessor handed over to '%s', whose file was removed; leave it alone and start again"
							.formatted(this.socket.path()),
						ex);
			}
			throw ex;
		}
		UpgradeConnection connection = new UpgradeConnection(accepted);
		long uid = connection.peerUid();
		if (this.socket.isTrusted(uid)) {
			return connection;
		}
		logger.warn("Refused a connection of the user {} to '{}'", uid, this.socket.path());
		connection.close();
		return null;
	}

	/**
	 * Leave the path to the next successor. A second call does nothing, because the path
	 * may be another's by then.
	 */
	@Override
	public void close() {
		if (this.closed.getAndSet(true)) {
			return;
		}
		try {
			Files.deleteIfExists(this.socket.path());
			this.server.close();
			this.lock.close();
		}
		catch (IOException ex) {
			logger.warn("Cannot close '{}': {}", this.socket.path(), ex.getMessage());
		}
	}

}
