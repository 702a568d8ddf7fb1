package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/**
 * A TCP connection over loopback both of whose ends are in this process. A port is open
 * for the moment in which they meet, and only that one peer is let in.
 */
final class InsideDoor {

	/**
	 * How long the two ends may take to meet.
	 */
	static final int MEETING_MILLIS = 2000;

	private static final int BACKLOG = 16;

	private InsideDoor() {
	}

	/**
	 * Return any port of the loopback interface.
	 */
	static InetSocketAddress anyPort() throws IOException {
		return new InetSocketAddress(InetAddress.getByAddress(new byte[] { 127, 0, 0, 1 }), 0);
	}

	/**
	 * Connect.
	 * @param letIn takes the end of the server
	 * @return the end of the client
	 */
	static Socket connect(Consumer<SocketChannel> letIn) throws IOException {
		try (ServerSocket meeting = new ServerSocket(0, BACKLOG, anyPort().getAddress())) {
			meeting.setSoTimeout(MEETING_MILLIS);
			SocketChannel far = SocketChannel.open(meeting.getLocalSocketAddress());
			try {
				Socket near = await(meeting, far);
				letIn.accept(far);
				return near;
			}
			catch (IOException ex) {
				far.close();
				throw ex;
			}
		}
	}

	private static Socket await(ServerSocket meeting, SocketChannel far) throws IOException {
		long deadline = System.nanoTime() + MEETING_MILLIS * 1_000_000L;
		while (System.nanoTime() < deadline) {
			Socket candidate = meeting.accept();
			if (far.getLocalAddress().equals(candidate.getRemoteSocketAddress())) {
				candidate.setTcpNoDelay(true);
				return candidate;
			}
			candidate.close();
		}
		throw new IOException("Others connected instead of this process");
	}

}
