package dev.pingora.sample.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One HTTP/1.1 connection over a plain socket, so that nothing in between can retry,
 * check for a stale connection, or hide how it ended.
 */
public final class StrictConnection implements Closeable {

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private boolean reusable = true;

	public StrictConnection(SocketAddress address, Duration timeout) throws IOException {
		this(address, timeout, null);
	}

	public StrictConnection(SocketAddress address, Duration timeout, SSLContext tls) throws IOException {
		Socket plain = new Socket();
		try {
			plain.setTcpNoDelay(true);
			plain.setSoTimeout((int) timeout.toMillis());
			plain.connect(address, (int) timeout.toMillis());
			this.socket = (tls != null) ? tls.getSocketFactory().createSocket(plain, "localhost", 0, true) : plain;
			this.in = new BufferedInputStream(this.socket.getInputStream());
			this.out = this.socket.getOutputStream();
		}
		catch (IOException ex) {
			plain.close();
			throw ex;
		}
	}

	/**
	 * Return whose certificate the server has shown.
	 */
	public String peer() throws IOException {
		return ((SSLSocket) this.socket).getSession().getPeerPrincipal().getName();
	}

	public Response get(String path) throws IOException {
		send("GET", path, null);
		return receive();
	}

	public Response post(String path, String body) throws IOException {
		send("POST", path, body);
		return receive();
	}

	/**
	 * Send a request without waiting for its response.
	 */
	public void send(String method, String path, String body) throws IOException {
		byte[] content = (body != null) ? body.getBytes(StandardCharsets.UTF_8) : new byte[0];
		String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
				+ ((body != null) ? "Content-Length: " + content.length + "\r\n" : "") + "\r\n";
		sendRaw(head, content);
	}

	public void sendRaw(String head, byte... content) throws IOException {
		ByteArrayOutputStream message = new ByteArrayOutputStream();
		message.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
		message.writeBytes(content);
		this.out.write(message.toByteArray());
	}

	public Response receive() throws IOException {
		Response head = receiveHead();
		return new Response(head.status(), head.headers(), new String(body(head.headers()), charset(head.headers())));
	}

	/**
	 * Receive what comes before the body.
	 */
	public Response receiveHead() throws IOException {
		int status = Integer.parseInt(line().split(" ")[1]);
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
		}
		this.reusable = !"close".equals(headers.getOrDefault("Connection", "").toLowerCase(Locale.ROOT));
		return new Response(status, headers, "");
	}

	/**
	 * Return the character set of a text, or the one that keeps every byte.
	 */
	private static Charset charset(Map<String, String> headers) {
		return headers.containsKey("Content-Encoding") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
	}

	private byte[] body(Map<String, String> headers) throws IOException {
		if (headers.containsKey("Content-Length")) {
			return exactly(Integer.parseInt(headers.get("Content-Length")));
		}
		if ("chunked".equals(headers.get("Transfer-Encoding"))) {
			return chunks();
		}
		throw new IOException("The end of the body cannot be known: " + headers);
	}

	/**
	 * Receive a body in chunks, up to the last one.
	 */
	public String receiveChunks() throws IOException {
		return new String(chunks(), StandardCharsets.UTF_8);
	}

	private byte[] chunks() throws IOException {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		int size = Integer.parseInt(line(), 16);
		while (size > 0) {
			body.writeBytes(exactly(size));
			line();
			size = Integer.parseInt(line(), 16);
		}
		line();
		return body.toByteArray();
	}

	private byte[] exactly(int length) throws IOException {
		byte[] bytes = this.in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("%d of %d bytes of the body".formatted(bytes.length, length));
		}
		return bytes;
	}

	private String line() throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException("after '%s'".formatted(line));
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	/**
	 * Return whether the server has closed the connection and nothing is left to read.
	 */
	public boolean isAtEnd() throws IOException {
		return this.in.read() < 0;
	}

	/**
	 * Return whether the last response lets another request follow.
	 */
	public boolean isReusable() {
		return this.reusable;
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			// a failed close loses nothing that a test looks at
		}
	}

	/**
	 * A whole response.
	 *
	 * @param status the status code
	 * @param headers the headers, by names without regard to case
	 * @param body the body
	 */
	public record Response(int status, Map<String, String> headers, String body) {

		public long pid() {
			return Long.parseLong(this.headers.getOrDefault("X-Pid", "-1"));
		}

	}

}
