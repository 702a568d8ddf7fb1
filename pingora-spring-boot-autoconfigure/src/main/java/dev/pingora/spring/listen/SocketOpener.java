package dev.pingora.spring.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Errors.NativeIoException;

/**
 * Opens listening sockets with the system calls themselves, so that a fresh socket is
 * adopted exactly as an inherited one.
 */
final class SocketOpener {

	// From asm-generic/errno.h; Netty has them negated.
	private static final int EADDRINUSE = -98;

	private SocketOpener() {
	}

	static int open(ListenAddress address, SocketOptions options) {
		LinuxSocket socket = null;
		try {
			socket = (address instanceof UnixAddress unix) ? unixSocket(unix)
					: tcpSocket((TcpAddress) address, options.tcp());
			socket.bind(address.toSocketAddress());
			if (address instanceof UnixAddress unix) {
				Files.setPosixFilePermissions(unix.path(), options.unixPermissions());
			}
			socket.listen(options.backlog());
			return socket.intValue();
		}
		catch (IOException ex) {
			if (socket != null) {
				Descriptors.close(socket.intValue());
			}
			throw failure(address, ex);
		}
	}

	/**
	 * Apply the options of this process to a socket that listens already.
	 */
	static int reopen(InheritedSocket inherited, ListenAddress address, SocketOptions options) {
		try {
			LinuxSocket socket = LinuxSocket.newSocket(inherited.descriptor());
			if (address instanceof TcpAddress tcp) {
				options.tcp().apply(socket, tcp.isIpv6());
			}
			socket.listen(options.backlog());
			return inherited.descriptor();
		}
		catch (IOException ex) {
			throw failure(address, ex);
		}
	}

	private static LinuxSocket tcpSocket(TcpAddress address, TcpOptions options) throws IOException {
		LinuxSocket socket = LinuxSocket.newSocketStream(address.isIpv6());
		try {
			socket.setReuseAddress(true);
			options.applyBeforeBind(socket, address.isIpv6());
			options.apply(socket, address.isIpv6());
			return socket;
		}
		catch (IOException ex) {
			Descriptors.close(socket.intValue());
			throw ex;
		}
	}

	private static LinuxSocket unixSocket(UnixAddress address) throws IOException {
		if (Files.exists(address.path(), LinkOption.NOFOLLOW_LINKS)) {
			removeStale(address);
		}
		return LinuxSocket.newSocketDomain();
	}

	/**
	 * Remove a socket that nobody listens on, which a killed process has left behind.
	 */
	private static void removeStale(UnixAddress address) throws IOException {
		Path path = address.path();
		if (!isSocket(path)) {
			throw new ListenException(address, "the path exists and is not a socket", false, null);
		}
		if (isServed(address)) {
			throw new ListenException(address, "the address is in use", true, null);
		}
		Files.delete(path);
	}

	static boolean isSocket(Path path) throws IOException {
		int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		return (mode & 0170000) == 0140000;
	}

	private static boolean isServed(UnixAddress address) throws IOException {
		LinuxSocket probe = LinuxSocket.newSocketDomain();
		try {
			probe.connect(address.toSocketAddress());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
		finally {
			probe.close();
		}
	}

	private static ListenException failure(ListenAddress address, IOException ex) {
		boolean inUse = ex instanceof NativeIoException nativeFailure && nativeFailure.expectedErr() == EADDRINUSE;
		return new ListenException(address, inUse ? "the address is in use" : String.valueOf(ex.getMessage()), inUse,
				ex);
	}

}
