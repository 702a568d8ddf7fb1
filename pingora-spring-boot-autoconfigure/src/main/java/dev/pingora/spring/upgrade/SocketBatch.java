package dev.pingora.spring.upgrade;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;

/**
 * The sockets of one message, in the wire format of Pingora's {@code transfer_fd}: the
 * names joined by one space, the descriptors beside them in the same order. Only where
 * more messages follow, a last word {@code +n} says how many sockets are still to come.
 *
 * @param sockets the sockets
 * @param more how many sockets are still to come
 */
record SocketBatch(List<InheritedSocket> sockets, int more) implements UpgradeConnection.Received {

	/**
	 * The most descriptors that Pingora's receiver takes in one message.
	 */
	static final int MAX_SOCKETS = 32;

	/**
	 * The most bytes of names that Pingora's receiver takes in one message.
	 */
	static final int MAX_BYTES = 2048;

	/**
	 * The most bytes of names that we take in one message.
	 */
	static final int MAX_RECEIVED_BYTES = 16 * 1024;

	/**
	 * The first byte of the word that says how many sockets are still to come.
	 */
	static final char MORE = '+';

	/**
	 * The space that the last word may take.
	 */
	private static final int RESERVED_BYTES = 12;

	static List<SocketBatch> split(List<InheritedSocket> sockets) {
		List<SocketBatch> batches = new ArrayList<>();
		int begin = 0;
		do {
			int end = end(sockets, begin);
			batches.add(new SocketBatch(sockets.subList(begin, end), sockets.size() - end));
			begin = end;
		}
		while (begin < sockets.size());
		return batches;
	}

	private static int end(List<InheritedSocket> sockets, int begin) {
		int bytes = RESERVED_BYTES;
		int end = begin;
		while (end < sockets.size() && end - begin < MAX_SOCKETS) {
			bytes += bytes(sockets.get(end));
			if (bytes > MAX_BYTES) {
				break;
			}
			end++;
		}
		if (end == begin && begin < sockets.size()) {
			throw new UpgradeException("The name of a socket takes %d bytes, more than a message holds"
				.formatted(bytes(sockets.get(begin))));
		}
		return end;
	}

	private static int bytes(InheritedSocket socket) {
		return socket.name().getBytes(StandardCharsets.UTF_8).length + 1;
	}

	/**
	 * Return the one message that a Pingora takes.
	 * @throws UpgradeException if the sockets do not fit into one
	 */
	static SocketBatch single(List<InheritedSocket> sockets) {
		SocketBatch batch = new SocketBatch(sockets, 0);
		int bytes = batch.text().getBytes(StandardCharsets.UTF_8).length;
		if (sockets.isEmpty() || sockets.size() > MAX_SOCKETS || bytes > MAX_BYTES) {
			throw new UpgradeException(
					"A Pingora takes 1 to %d sockets with names of %d bytes together, and not %d with %d"
						.formatted(MAX_SOCKETS, MAX_BYTES, sockets.size(), bytes));
		}
		return batch;
	}

	static SocketBatch parse(String text, int[] descriptors) {
		List<String> names = new ArrayList<>(List.of(text.strip().split("\\s+")));
		int more = 0;
		String last = names.get(names.size() - 1);
		if (last.startsWith(String.valueOf(MORE))) {
			more = more(last);
			names.remove(names.size() - 1);
		}
		if (names.size() != descriptors.length || (names.isEmpty() && more > 0)) {
			throw new UpgradeException("The other process named %d sockets and sent %d descriptors"
				.formatted(names.size(), descriptors.length));
		}
		List<InheritedSocket> sockets = new ArrayList<>();
		for (int i = 0; i < descriptors.length; i++) {
			sockets.add(new InheritedSocket(names.get(i), descriptors[i]));
		}
		return new SocketBatch(sockets, more);
	}

	private static int more(String word) {
		if (!word.matches("\\+\\d{1,9}")) {
			throw new UpgradeException(
					"The other process sent '%s' instead of a number of sockets".formatted(Message.printable(word)));
		}
		return Integer.parseInt(word.substring(1));
	}

	String text() {
		List<String> words = new ArrayList<>(this.sockets.stream().map(InheritedSocket::name).toList());
		if (this.more > 0 || words.isEmpty()) {
			words.add(MORE + Integer.toString(this.more));
		}
		return String.join(" ", words);
	}

}
