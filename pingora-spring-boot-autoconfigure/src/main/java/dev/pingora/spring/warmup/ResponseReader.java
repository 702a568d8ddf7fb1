package dev.pingora.spring.warmup;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Reads the responses of one HTTP/1.1 connection up to their ends, which RFC 9112 §6.3
 * tells.
 */
final class ResponseReader {

	private static final int LONGEST_LINE = 64 * 1024;

	private final InputStream in;

	private final Consumer<String> onCookie;

	private boolean reusable = true;

	private boolean chunked;

	private long length;

	ResponseReader(InputStream in, Consumer<String> onCookie) {
		this.in = in;
		this.onCookie = onCookie;
	}

	/**
	 * Read a whole response.
	 * @param head whether the request was HEAD
	 * @param deadline when to give up, as of {@link System#nanoTime()}
	 * @return its status
	 */
	int read(boolean head, long deadline) throws IOException {
		int status = readHead();
		while (status / 100 == 1) {
			if (status == 101) {
				throw new IOException("The connection changes its protocol");
			}
			status = readHead();
		}
		if (!head && status != 204 && status != 304) {
			readBody(deadline);
		}
		return status;
	}

	/**
	 * Return whether another request may follow.
	 */
	boolean isReusable() {
		return this.reusable;
	}

	private int readHead() throws IOException {
		String[] statusLine = line().split(" ", 3);
		if (statusLine.length < 2 || !statusLine[1].matches("\\d{3}")) {
			throw new IOException("That is not HTTP/1.1");
		}
		this.chunked = false;
		this.length = -1;
		for (String line = line(); !line.isEmpty(); line = line()) {
			int colon = line.indexOf(':');
			if (colon > 0) {
				header(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
			}
		}
		return Integer.parseInt(statusLine[1]);
	}

	private void header(String name, String value) throws IOException {
		if (name.equals("content-length")) {
			this.length = number(value, 10);
		}
		else if (name.equals("transfer-encoding")) {
			this.chunked = value.toLowerCase(Locale.ROOT).endsWith("chunked");
		}
		else if (name.equals("connection")) {
			this.reusable = this.reusable && !value.equalsIgnoreCase("close");
		}
		else if (name.equals("set-cookie")) {
			this.onCookie.accept(value.split(";", 2)[0]);
		}
	}

	private void readBody(long deadline) throws IOException {
		if (this.chunked) {
			for (long size = chunkSize(); size > 0; size = chunkSize()) {
				skip(size + 2, deadline);
			}
			while (!line().isEmpty()) {
				check(deadline);
			}
			return;
		}
		this.reusable = this.reusable && this.length >= 0;
		skip((this.length >= 0) ? this.length : Long.MAX_VALUE, deadline);
	}

	private long chunkSize() throws IOException {
		return number(line().split(";", 2)[0].strip(), 16);
	}

	private static long number(String text, int radix) throws IOException {
		try {
			return Long.parseUnsignedLong(text, radix);
		}
		catch (NumberFormatException ex) {
			throw new IOException("'%s' is not a length".formatted(text), ex);
		}
	}

	private void skip(long bytes, long deadline) throws IOException {
		byte[] buffer = new byte[8192];
		for (long left = bytes; left > 0;) {
			int read = this.in.read(buffer, 0, (int) Math.min(left, buffer.length));
			if (read < 0 && bytes == Long.MAX_VALUE) {
				return;
			}
			if (read < 0) {
				throw new EOFException("The response ends early");
			}
			left -= read;
			check(deadline);
		}
	}

	private static void check(long deadline) throws IOException {
		if (System.nanoTime() - deadline > 0) {
			throw new IOException("The response takes too long");
		}
	}

	private String line() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0 || line.size() == LONGEST_LINE) {
				throw new EOFException("The response ends within a line");
			}
			if (next != '\r') {
				line.write(next);
			}
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

}
