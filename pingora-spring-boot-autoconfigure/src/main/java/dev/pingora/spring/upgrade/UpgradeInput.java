package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Arrays;

import org.newsclub.net.unix.AFUNIXSocket;

/**
 * What the other process of an upgrade sends. As long as descriptors may come it is read
 * byte by byte, so that a message with them is not taken for the end of the line before.
 */
final class UpgradeInput implements Closeable {

	private final AFUNIXSocket socket;

	private final AncillaryBuffer ancillary;

	private byte[] buffer = new byte[1];

	private int begin;

	private int end;

	UpgradeInput(AFUNIXSocket socket) {
		this.socket = socket;
		this.ancillary = new AncillaryBuffer(socket);
	}

	/**
	 * Read ahead from now on, because no descriptors will come.
	 */
	void expectLines() {
		if (this.buffer.length == 1 && this.begin == this.end) {
			this.buffer = new byte[16 * 1024];
			this.begin = 0;
			this.end = 0;
		}
	}

	int read(String waitingFor, long deadline) {
		if (this.begin == this.end) {
			this.end = receive(this.buffer, waitingFor, deadline);
			this.begin = 0;
		}
		return this.buffer[this.begin++] & 0xff;
	}

	/**
	 * Read the rest of a message whose first byte has been read. The kernel returns a
	 * message with descriptors alone and whole.
	 */
	byte[] readAvailable(int limit, String waitingFor, long deadline) {
		if (!isAvailable()) {
			return new byte[0];
		}
		byte[] bytes = new byte[limit + 1];
		return Arrays.copyOf(bytes, receive(bytes, waitingFor, deadline));
	}

	private boolean isAvailable() {
		try {
			return this.socket.getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Take the descriptors that came with what was read. Not while another thread closes
	 * the socket, because junixsocket would take two locks in either order.
	 */
	synchronized ReceivedDescriptors takeDescriptors() {
		return ReceivedDescriptors.take(this.socket);
	}

	/**
	 * Make sure that no descriptors came with what was read.
	 */
	void refuseDescriptors() {
		ReceivedDescriptors strange = takeDescriptors();
		if (!strange.isEmpty()) {
			strange.close();
			throw new UpgradeException("The other process sent descriptors where none belong");
		}
	}

	/**
	 * Close the socket, from any thread. One that reads hears of it.
	 */
	@Override
	public synchronized void close() throws IOException {
		this.socket.close();
	}

	private int receive(byte[] bytes, String waitingFor, long deadline) {
		try {
			int length = receive(bytes, deadline);
			if (length < 0) {
				throw new ConnectionLostException(waitingFor, null);
			}
			return length;
		}
		catch (SocketTimeoutException ex) {
			throw new SilenceException(waitingFor, ex);
		}
		catch (IOException ex) {
			throw failure(waitingFor, ex);
		}
	}

	private int receive(byte[] bytes, long deadline) throws IOException {
		long left = (deadline - System.nanoTime()) / 1_000_000;
		if (left < 0) {
			throw new SocketTimeoutException();
		}
		this.ancillary.clear();
		this.socket.setSoTimeout((int) Math.min(left + 1, Integer.MAX_VALUE));
		return this.socket.getInputStream().read(bytes);
	}

	/**
	 * A message that did not fit (MSG_CTRUNC, for which junixsocket says ENOBUFS) is no
	 * loss of the connection.
	 */
	private UpgradeException failure(String waitingFor, IOException ex) {
		if (String.valueOf(ex.getMessage()).contains("No buffer space")) {
			this.ancillary.closeDescriptors();
			return new UpgradeException("More descriptors came than this process can take", ex);
		}
		return new ConnectionLostException(waitingFor, ex);
	}

}
