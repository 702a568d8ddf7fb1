package dev.pingora.spring.warmup;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.pingora.spring.listen.Listener;
import org.jspecify.annotations.Nullable;

/**
 * A client of one listener, from within its process. Like the clients that will come, it
 * keeps a connection for some requests, and then one side or the other ends it, in one of
 * the ways of {@link Farewell}. It sends back the cookies that it was given, so that it
 * does not begin a session with each request.
 */
final class InsideClient implements Closeable {

	private final Listener listener;

	private final String mark;

	private final Duration patience;

	private final Map<String, String> cookies = new LinkedHashMap<>();

	private volatile @Nullable Socket socket;

	private @Nullable ResponseReader reader;

	private int exchanges;

	private volatile boolean closed;

	/**
	 * Create a client that connects with its first request.
	 * @param listener the server
	 * @param mark the value of the header that marks the requests of the warm-up
	 * @param patience how long an exchange may take
	 */
	InsideClient(Listener listener, String mark, Duration patience) {
		this.listener = listener;
		this.mark = mark;
		this.patience = patience;
	}

	/**
	 * Send a request, and receive its response.
	 * @return the status of the response
	 */
	int exchange(WarmUpRequest request) throws IOException {
		Farewell farewell = Farewell.of(this.exchanges++);
		if (farewell == Farewell.OF_THE_LISTENER) {
			return this.listener.connections().rehearseLeaving(() -> exchange(request, farewell));
		}
		return exchange(request, farewell);
	}

	private int exchange(WarmUpRequest request, Farewell farewell) throws IOException {
		try {
			Socket connected = connected();
			ResponseReader responses = (this.reader != null) ? this.reader : read(connected);
			this.reader = responses;
			connected.getOutputStream().write(bytes(request, farewell == Farewell.ASKED_FOR));
			int status = responses.read("HEAD".equals(request.method()), System.nanoTime() + this.patience.toNanos());
			if (farewell == Farewell.OF_THE_CLIENT || !responses.isReusable()) {
				disconnect();
			}
			return status;
		}
		catch (IOException ex) {
			disconnect();
			throw ex;
		}
	}

	private Socket connected() throws IOException {
		Socket current = this.socket;
		if (current == null) {
			// It does not count, and code is compiled knowing that notes are forgotten.
			this.listener.connections().seen().forget();
			current = this.listener.connectInside(this.patience);
			this.socket = current;
		}
		if (this.closed) {
			disconnect();
			throw new IOException("The warm-up has ended");
		}
		return current;
	}

	private ResponseReader read(Socket connected) throws IOException {
		return new ResponseReader(new BufferedInputStream(connected.getInputStream()), this::cookie);
	}

	private void cookie(String cookie) {
		int equals = cookie.indexOf('=');
		if (equals > 0) {
			this.cookies.put(cookie.substring(0, equals), cookie.substring(equals + 1));
		}
	}

	private byte[] bytes(WarmUpRequest request, boolean asksToClose) {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("Host", "localhost");
		headers.put("User-Agent", "pingora-warm-up");
		if (!this.cookies.isEmpty()) {
			headers.put("Cookie",
					this.cookies.entrySet()
						.stream()
						.map((cookie) -> cookie.getKey() + "=" + cookie.getValue())
						.collect(Collectors.joining("; ")));
		}
		headers.putAll(request.headers());
		if (asksToClose) {
			headers.put("Connection", "close");
		}
		headers.put(WarmUpMark.HEADER, this.mark);
		String body = (request.body() != null) ? request.body() : "";
		byte[] content = body.getBytes(StandardCharsets.UTF_8);
		if (request.body() != null) {
			headers.put("Content-Length", Integer.toString(content.length));
		}
		StringBuilder head = new StringBuilder(request + " HTTP/1.1\r\n");
		headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		return (head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
	}

	private void disconnect() {
		Socket current = this.socket;
		this.socket = null;
		this.reader = null;
		close(current);
	}

	/**
	 * End the exchange that is under way, from any thread.
	 */
	@Override
	public void close() {
		this.closed = true;
		close(this.socket);
	}

	private static void close(@Nullable Socket socket) {
		try {
			if (socket != null) {
				socket.close();
			}
		}
		catch (IOException ex) {
			// nothing is left to be lost
		}
	}

	/**
	 * How a connection ends with an exchange.
	 */
	private enum Farewell {

		/** It does not. */
		NONE,
		/** The client closes it. */
		OF_THE_CLIENT,
		/** The client asks the server to close it. */
		ASKED_FOR,
		/** The server closes it, as it will when it hands over itself. */
		OF_THE_LISTENER;

		/**
		 * How many requests a connection is kept for.
		 */
		private static final int KEPT_FOR = 8;

		static Farewell of(int exchange) {
			return (exchange % KEPT_FOR < KEPT_FOR - 1) ? NONE
					: values()[1 + exchange / KEPT_FOR % (values().length - 1)];
		}

	}

}
