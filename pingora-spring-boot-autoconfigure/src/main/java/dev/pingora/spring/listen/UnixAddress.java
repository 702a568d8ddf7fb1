package dev.pingora.spring.listen;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import io.netty.channel.unix.DomainSocketAddress;

/**
 * The path of a Unix socket.
 *
 * @param path an absolute path of at most {@value #MAX_BYTES} bytes without white space
 */
public record UnixAddress(Path path) implements ListenAddress {

	static final String PREFIX = "unix:";

	/**
	 * The most bytes that fit into {@code sun_path} with its final zero (Linux unix(7)).
	 */
	static final int MAX_BYTES = 107;

	static UnixAddress parse(String text, String path) {
		if (!path.startsWith("/")) {
			throw new InvalidListenAddressException(text, "the path is not absolute",
					"Write 'unix:/absolute/path', as in 'unix:/run/app.sock'.");
		}
		int bytes = path.getBytes(StandardCharsets.UTF_8).length;
		if (bytes > MAX_BYTES) {
			throw new InvalidListenAddressException(text,
					"the path has %d bytes and a Unix socket's may have %d".formatted(bytes, MAX_BYTES),
					"Use a shorter path, for example below '/run'.");
		}
		if (path.chars().anyMatch(Character::isWhitespace)) {
			throw new InvalidListenAddressException(text,
					"the path contains white space, which separates the addresses in an upgrade",
					"Use a path without white space.");
		}
		return new UnixAddress(path(text, path));
	}

	private static Path path(String text, String path) {
		try {
			return Path.of(path).normalize();
		}
		catch (InvalidPathException ex) {
			throw new InvalidListenAddressException(text, "the path is not valid: " + ex.getReason(),
					"Write 'unix:/absolute/path', as in 'unix:/run/app.sock'.");
		}
	}

	@Override
	public SocketAddress toSocketAddress() {
		return new DomainSocketAddress(this.path.toString());
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
