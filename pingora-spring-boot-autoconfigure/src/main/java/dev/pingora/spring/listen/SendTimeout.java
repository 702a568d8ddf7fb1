package dev.pingora.spring.listen;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;

/**
 * How long a blocking write to a socket may wait for the other end to read (SO_SNDTIMEO).
 */
public final class SendTimeout {

	// From asm-generic/socket.h, the same on x86_64 and aarch64.
	private static final int SOL_SOCKET = 1;

	private static final int SO_SNDTIMEO = 21;

	static {
		Epoll.ensureAvailability();
	}

	private SendTimeout() {
	}

	/**
	 * Set the time.
	 * @param descriptor the socket
	 * @param timeout the time, after which a write fails
	 * @throws IOException if the descriptor is no socket
	 */
	public static void set(int descriptor, Duration timeout) throws IOException {
		ByteBuffer timeval = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
		timeval.putLong(timeout.toSeconds()).putLong(timeout.toNanosPart() / 1000).flip();
		LinuxSocket.newSocket(descriptor).setRawOpt(SOL_SOCKET, SO_SNDTIMEO, timeval);
	}

}
