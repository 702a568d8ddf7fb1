package dev.pingora.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One HTTP/1.1 connection over a plain socket, so that nothing can retry.
 */
final class Connection implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final Socket socket = new Socket();

	private final InputStream in;

	private final byte[] request;

	private boolean reusable = true;

	Connection(InetSocketAddress address, boolean keepAlive) throws IOException {
		this.request = ("GET /hello HTTP/1.1\r\nHost: localhost\r\n" + (keepAlive ? "" : "Connection: close\r\n")
				+ "\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		try {
			this.socket.setTcpNoDelay(true);
			this.socket.setSoTimeout(TIMEOUT_MILLIS);
			this.socket.connect(address, TIMEOUT_MILLIS);
			this.in = new BufferedInputStream(this.socket.getInputStream());
		}
		catch (IOException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Ask, and return the process that has answered: the first number of the body.
	 */
	long exchange() throws IOException {
		this.socket.getOutputStream().write(this.request);
		String status = line();
		if (!status.startsWith("HTTP/1.1 200")) {
			throw new IOException(status);
		}
		int length = -1;
		for (String line = line(); !line.isEmpty(); line = line()) {
			String header = line.toLowerCase(Locale.ROOT);
			if (header.startsWith("content-length:")) {
				length = Integer.parseInt(header.substring("content-length:".length()).strip());
			}
			this.reusable &= !header.equals("connection: close");
		}
		return firstNumber(exactly(length));
	}

	private static long firstNumber(byte[] body) throws IOException {
		long number = -1;
		for (byte next : body) {
			if (next >= '0' && next <= '9') {
				number = Math.max(0, number) * 10 + (next - '0');
			}
			else if (number >= 0) {
				return number;
			}
		}
		if (number < 0) {
			throw new IOException("The body names no process");
		}
		return number;
	}

	private byte[] exactly(int length) throws IOException {
		byte[] body = this.in.readNBytes(Math.max(0, length));
		if (length < 0 || body.length < length) {
			throw new EOFException("%d of %d bytes of the body".formatted(body.length, length));
		}
		return body;
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException("The connection ended in the middle of a response");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	boolean isReusable() {
		return this.reusable;
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// a failed close loses nothing that is measured
		}
	}

}
