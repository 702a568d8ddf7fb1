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
record SocketBatch(List<InheritedSocket> sockets, int more) {

	/**
	 * The most descriptors that Pingora's receiver takes in one message.
	 */
	static final int MAX_SOCKETS = 32;

	/**
	 * The most bytes of names that Pingora's receiver takes in one message.
	 */
	static final int MAX_BYTES = 2048;

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
			bytes += sockets.get(end).name().getBytes(StandardCharsets.UTF_8).length + 1;
			if (bytes > MAX_BYTES) {
				break;
			}
			end++;
		}
		return end;
	}

	static SocketBatch parse(String text, int[] descriptors) {
		List<String> names = new ArrayList<>(List.of(text.split(" ")));
		int more = 0;
		String last = names.get(names.size() - 1);
		if (last.startsWith("+")) {
			more = more(last);
			names.remove(names.size() - 1);
		}
		if (names.size() != descriptors.length) {
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
		try {
			int more = Integer.parseInt(word.substring(1));
			if (more >= 0) {
				return more;
			}
		}
		catch (NumberFormatException ex) {
			// answered below
		}
		throw new UpgradeException("The other process sent '%s' instead of a number of sockets".formatted(word));
	}

	String text() {
		List<String> words = new ArrayList<>(this.sockets.stream().map(InheritedSocket::name).toList());
		if (this.more > 0 || words.isEmpty()) {
			words.add("+" + this.more);
		}
		return String.join(" ", words);
	}

}
