package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

import jdk.net.ExtendedSocketOptions;

/**
 * A line that one process of a server sends to another on its {@linkplain StatusSocket
 * status socket}. Most send none and want to hear how the process is.
 */
final class StatusOrder {

	static final int MAX_BYTES = 512;

	private static final int MILLIS = 500;

	private StatusOrder() {
	}

	/**
	 * Receive a line.
	 * @return the line, which is empty where none comes in time
	 */
	static String receive(SocketChannel peer) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
		long deadline = System.nanoTime() + MILLIS * 1_000_000L;
		peer.configureBlocking(false);
		try (Selector selector = Selector.open()) {
			peer.register(selector, SelectionKey.OP_READ);
			while (bytes.hasRemaining() && !isWhole(bytes)) {
				long left = (deadline - System.nanoTime()) / 1_000_000;
				if (left <= 0 || selector.select(left) == 0 || peer.read(bytes) < 0) {
					return "";
				}
				selector.selectedKeys().clear();
			}
		}
		return isWhole(bytes) ? new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip() : "";
	}

	private static boolean isWhole(ByteBuffer bytes) {
		return bytes.position() > 0 && bytes.get(bytes.position() - 1) == '\n';
	}

	/**
	 * Return whether the user of the other process, as the kernel knows it (SO_PEERCRED),
	 * is the one to whom the socket belongs, or root.
	 */
	static boolean isTrusted(SocketChannel peer, Path path) throws IOException {
		UserPrincipal user = peer.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
		return user.equals(Files.getOwner(path, LinkOption.NOFOLLOW_LINKS))
				|| user.equals(path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("root"));
	}

}
