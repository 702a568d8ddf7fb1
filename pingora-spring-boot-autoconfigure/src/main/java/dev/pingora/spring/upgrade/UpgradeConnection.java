package dev.pingora.spring.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.pingora.spring.listen.SendTimeout;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.FileDescriptorCast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection between the two processes of an upgrade: lines of text, and messages
 * with descriptors. Every wait has a deadline.
 */
final class UpgradeConnection implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeConnection.class);

	/**
	 * The longest line: the counts of some 20,000 listeners.
	 */
	static final int MAX_LINE = 4 * 1024 * 1024;

	/**
	 * How long the other process may leave unread what fills the buffers of the kernel.
	 */
	private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);

	private final AFUNIXSocket socket;

	private final UpgradeInput input;

	/**
	 * The same connection: junixsocket closes a socket that cannot be written to,
	 * although the last word of the other process, or its sockets, can still be received.
	 */
	private final FileOutputStream output;

	UpgradeConnection(AFUNIXSocket socket) throws IOException {
		this.socket = socket;
		this.input = new UpgradeInput(socket);
		this.output = FileDescriptorCast.duplicating(socket.getFileDescriptor()).as(FileOutputStream.class);
		SendTimeout.set(FileDescriptorCast.using(socket.getFileDescriptor()).as(Integer.class), SEND_TIMEOUT);
	}

	/**
	 * Return the user of the other process, as the kernel knows it (SO_PEERCRED).
	 */
	long peerUid() throws IOException {
		return this.socket.getPeerCredentials().getUid();
	}

	/**
	 * Return the other process, as the kernel knows it.
	 * @return its pid, 0 if it cannot be seen from here
	 */
	long peerPid() {
		try {
			return this.socket.getPeerCredentials().getPid();
		}
		catch (IOException ex) {
			return 0;
		}
	}

	synchronized void send(Message message) throws IOException {
		this.output.write(message.line().getBytes(StandardCharsets.UTF_8));
		logger.debug("Sent {}", message.verb());
	}

	/**
	 * Send sockets in one message. Ours stay open.
	 */
	synchronized void send(SocketBatch batch) throws IOException {
		FileDescriptor[] descriptors = new FileDescriptor[batch.sockets().size()];
		for (int i = 0; i < descriptors.length; i++) {
			int descriptor = batch.sockets().get(i).descriptor();
			descriptors[i] = FileDescriptorCast.unsafeUsing(descriptor).getFileDescriptor();
		}
		if (descriptors.length > 0) {
			this.socket.setOutboundFileDescriptors(descriptors);
		}
		this.socket.getOutputStream().write(batch.text().getBytes(StandardCharsets.UTF_8));
		logger.debug("Sent {} sockets", descriptors.length);
	}

	/**
	 * Say that only lines will come from now on.
	 */
	void expectLines() {
		this.input.expectLines();
	}

	/**
	 * Receive a line.
	 * @throws ConnectionLostException if the other process is gone
	 * @throws SilenceException if no line comes in time
	 * @throws UpgradeException if none of this protocol comes
	 */
	Message receive(String waitingFor, Duration timeout) {
		return line(new byte[0], waitingFor, deadline(timeout));
	}

	private Message line(byte[] begun, String waitingFor, long deadline) {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		line.writeBytes(begun);
		while (line.size() < MAX_LINE) {
			int next = this.input.read(waitingFor, deadline);
			if (next == '\n') {
				this.input.refuseDescriptors();
				return heard(Message.parse(line.toString(StandardCharsets.UTF_8)));
			}
			line.write(next);
		}
		throw new UpgradeException("The other process sent a line that is too long");
	}

	private static Message heard(Message message) {
		logger.debug("Received {}", message.verb());
		return message;
	}

	/**
	 * Receive what a predecessor says first or instead of sockets: a line or, together
	 * with descriptors, sockets.
	 */
	Received receiveAny(String waitingFor, Duration timeout) {
		long deadline = deadline(timeout);
		byte[] first = { (byte) this.input.read(waitingFor, deadline) };
		ReceivedDescriptors descriptors = this.input.takeDescriptors();
		if (descriptors.isEmpty() && first[0] != SocketBatch.MORE) {
			return new Line(line(first, waitingFor, deadline));
		}
		return sockets(first, descriptors, waitingFor, deadline);
	}

	private SocketBatch sockets(byte[] first, ReceivedDescriptors descriptors, String waitingFor, long deadline) {
		try {
			ByteArrayOutputStream text = new ByteArrayOutputStream();
			text.writeBytes(first);
			text.writeBytes(this.input.readAvailable(SocketBatch.MAX_RECEIVED_BYTES, waitingFor, deadline));
			this.input.refuseDescriptors();
			if (text.size() > SocketBatch.MAX_RECEIVED_BYTES) {
				throw new UpgradeException("The other process sent a message that is too long");
			}
			SocketBatch batch = SocketBatch.parse(text.toString(StandardCharsets.UTF_8), descriptors.toArray());
			logger.debug("Received {} sockets", batch.sockets().size());
			return batch;
		}
		catch (UpgradeException ex) {
			descriptors.close();
			throw ex;
		}
	}

	private static long deadline(Duration timeout) {
		return System.nanoTime() + timeout.toNanos();
	}

	@Override
	public void close() {
		try {
			this.output.close();
			this.input.close();
		}
		catch (IOException ex) {
			// the descriptor is released whatever close(2) returns
		}
	}

	/**
	 * What was received.
	 */
	sealed interface Received permits Line, SocketBatch {

	}

	/**
	 * A line that was received where sockets could have come.
	 *
	 * @param message what it says
	 */
	record Line(Message message) implements Received {
	}

}
