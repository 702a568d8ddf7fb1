package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadLocalRandom;
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

	private static final byte LOOPBACK = 127;

	private static final boolean EVERY_ADDRESS = isMine(anyAddress());

	private InsideDoor() {
	}

	/**
	 * Return where to meet: any port of any address of the loopback interface, which has
	 * 16 million of them on Linux. Of one address the ports become few, because each
	 * connection leaves one in TIME_WAIT for a minute, and to find one can take the
	 * kernel some milliseconds then, in which nobody else has the processor.
	 */
	static InetSocketAddress meetingPoint() {
		return new InetSocketAddress(EVERY_ADDRESS ? anyAddress() : address(0, 0, 1), 0);
	}

	private static InetAddress anyAddress() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return address(random.nextInt(256), random.nextInt(256), random.nextInt(1, 255));
	}

	private static InetAddress address(int second, int third, int fourth) {
		try {
			return InetAddress.getByAddress(new byte[] { LOOPBACK, (byte) second, (byte) third, (byte) fourth });
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isMine(InetAddress address) {
		try (ServerSocket socket = new ServerSocket(0, BACKLOG, address); Socket client = new Socket()) {
			client.connect(socket.getLocalSocketAddress(), MEETING_MILLIS);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Connect.
	 * @param letIn takes the end of the server
	 * @return the end of the client
	 */
	static Socket connect(Consumer<SocketChannel> letIn) throws IOException {
		Socket near = new Socket();
		try (ServerSocketChannel meeting = ServerSocketChannel.open()) {
			meeting.bind(meetingPoint(), BACKLOG);
			near.setTcpNoDelay(true);
			near.connect(meeting.getLocalAddress(), MEETING_MILLIS);
			letIn.accept(accept(meeting, near.getLocalSocketAddress()));
			return near;
		}
		catch (IOException ex) {
			near.close();
			throw ex;
		}
	}

	/**
	 * Accept a peer that has connected, and so does not keep anybody waiting.
	 */
	private static SocketChannel accept(ServerSocketChannel meeting, SocketAddress peer) throws IOException {
		SocketChannel candidate = meeting.accept();
		while (!peer.equals(candidate.getRemoteAddress())) {
			candidate.close();
			candidate = meeting.accept();
		}
		return candidate;
	}

}
