package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import dev.pingora.spring.listen.InheritedSocket;
import org.jspecify.annotations.Nullable;
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

	private static final int MAX_LINE = 64 * 1024;

	private static final int ANCILLARY_BYTES = 1024;

	private final AFUNIXSocket socket;

	/**
	 * The same connection for the time after a write has failed: the other process may
	 * have said why it left, and junixsocket closes a socket that cannot be written to.
	 */
	private final FileInputStream lastWords;

	private volatile boolean broken;

	UpgradeConnection(AFUNIXSocket socket) throws IOException {
		this.socket = socket;
		this.lastWords = FileDescriptorCast.duplicating(socket.getFileDescriptor()).as(FileInputStream.class);
		this.socket.setAncillaryReceiveBufferSize(ANCILLARY_BYTES);
	}

	/**
	 * Return the user of the other process, as the kernel knows it (SO_PEERCRED).
	 */
	long peerUid() throws IOException {
		return this.socket.getPeerCredentials().getUid();
	}

	synchronized void send(Message message) throws IOException {
		write(message.line());
		logger.debug("Sent {}", message.verb());
	}

	private void write(String text) throws IOException {
		try {
			this.socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			this.broken = true;
			throw ex;
		}
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
		write(batch.text());
		logger.debug("Sent {} sockets", descriptors.length);
	}

	/**
	 * Receive a line.
	 * @throws ConnectionLostException if the other process is gone
	 * @throws UpgradeException if no line comes in time, or none of this protocol
	 */
	Message receive(String waitingFor, Duration timeout) {
		return receive("", waitingFor, timeout);
	}

	private Message receive(String begun, String waitingFor, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		StringBuilder line = new StringBuilder(begun);
		while (line.length() < MAX_LINE) {
			int next = read(new byte[1], waitingFor, deadline);
			if (next == '\n') {
				return heard(Message.parse(line.toString()));
			}
			line.append((char) next);
		}
		throw new UpgradeException("The other process sent a line that is too long");
	}

	private static Message heard(Message message) {
		logger.debug("Received {}", message.verb());
		return message;
	}

	/**
	 * Receive what a predecessor says first: a HELLO, or at once the sockets if it is
	 * Pingora's own.
	 */
	First receiveFirst(String waitingFor, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		byte[] first = new byte[1];
		read(first, waitingFor, deadline);
		if (first[0] == 'H') {
			return new First(Hello.parse(receive("H", waitingFor, timeout)), null);
		}
		return new First(null, receiveSockets((char) first[0] + "", waitingFor, timeout));
	}

	/**
	 * Receive one message with sockets.
	 */
	SocketBatch receiveSockets(String waitingFor, Duration timeout) {
		return receiveSockets("", waitingFor, timeout);
	}

	private SocketBatch receiveSockets(String begun, String waitingFor, Duration timeout) {
		byte[] bytes = new byte[2 * SocketBatch.MAX_BYTES];
		int[] descriptors = {};
		try {
			int length = readSome(bytes, waitingFor, System.nanoTime() + timeout.toNanos());
			descriptors = takeDescriptors();
			if (length == bytes.length) {
				throw new UpgradeException("The other process sent a message that is too long");
			}
			String text = begun + new String(bytes, 0, length, StandardCharsets.UTF_8);
			SocketBatch batch = SocketBatch.parse(text, descriptors);
			logger.debug("Received {} sockets", batch.sockets().size());
			descriptors = new int[0];
			return batch;
		}
		finally {
			Arrays.stream(descriptors).forEach((descriptor) -> new InheritedSocket("", descriptor).close());
		}
	}

	/**
	 * Take what was received out of the connection, which would close it with itself. The
	 * copies are closed on exec, which the originals are not.
	 */
	private int[] takeDescriptors() {
		int[] taken = {};
		try {
			FileDescriptor[] received = this.socket.getReceivedFileDescriptors();
			for (FileDescriptor descriptor : received) {
				taken = Arrays.copyOf(taken, taken.length + 1);
				taken[taken.length - 1] = FileDescriptorCast.duplicating(descriptor).as(Integer.class);
				new FileInputStream(descriptor).close();
			}
			return taken;
		}
		catch (IOException ex) {
			throw new UpgradeException("The received descriptors cannot be taken: " + ex.getMessage(), ex);
		}
	}

	private int read(byte[] one, String waitingFor, long deadline) {
		readSome(one, waitingFor, deadline);
		return one[0] & 0xff;
	}

	private int readSome(byte[] bytes, String waitingFor, long deadline) {
		try {
			int length = this.broken ? this.lastWords.read(bytes) : input(deadline).read(bytes);
			if (length < 0) {
				throw new ConnectionLostException(waitingFor, null);
			}
			return length;
		}
		catch (SocketTimeoutException ex) {
			throw new UpgradeException("The other process did not send %s in time".formatted(waitingFor), ex);
		}
		catch (IOException ex) {
			throw new ConnectionLostException(waitingFor, ex);
		}
	}

	private InputStream input(long deadline) throws IOException {
		long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
		this.socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
		return this.socket.getInputStream();
	}

	@Override
	public void close() {
		try {
			this.lastWords.close();
			this.socket.close();
		}
		catch (IOException ex) {
			// the descriptor is released whatever close(2) returns
		}
	}

	/**
	 * What a predecessor says first.
	 *
	 * @param hello its greeting, or {@code null} if it is Pingora's own
	 * @param batch its sockets if it is Pingora's own
	 */
	record First(@Nullable Hello hello, @Nullable SocketBatch batch) {
	}

}
