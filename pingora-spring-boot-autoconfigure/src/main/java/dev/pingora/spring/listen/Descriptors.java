package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.SocketAddress;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What the Linux kernel says of a descriptor.
 */
final class Descriptors {

	// From asm-generic/socket.h, the same on x86_64 and aarch64.
	private static final int SOL_SOCKET = 1;

	private static final int SO_TYPE = 3;

	private static final int SO_ACCEPTCONN = 30;

	private static final int SO_DOMAIN = 39;

	private static final int SOCK_STREAM = 1;

	private static final int AF_UNIX = 1;

	static {
		Epoll.ensureAvailability();
	}

	private Descriptors() {
	}

	static boolean isListening(int descriptor) {
		try {
			LinuxSocket socket = LinuxSocket.newSocket(descriptor);
			return socket.getIntOpt(SOL_SOCKET, SO_TYPE) == SOCK_STREAM
					&& socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1;
		}
		catch (IOException | ChannelException ex) {
			return false;
		}
	}

	static @Nullable ListenAddress address(int descriptor) {
		try {
			LinuxSocket socket = LinuxSocket.newSocket(descriptor);
			SocketAddress address = (socket.getIntOpt(SOL_SOCKET, SO_DOMAIN) == AF_UNIX)
					? socket.localDomainSocketAddress() : socket.localAddress();
			return (address != null) ? ListenAddress.of(address) : null;
		}
		catch (IOException | ChannelException ex) {
			return null;
		}
	}

	static void close(int descriptor) {
		try {
			new FileDescriptor(descriptor).close();
		}
		catch (IOException ex) {
			// close(2) releases the descriptor whatever it returns
		}
	}

}
