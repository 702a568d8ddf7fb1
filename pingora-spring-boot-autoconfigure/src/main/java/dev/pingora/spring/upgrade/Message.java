package dev.pingora.spring.upgrade;

/**
 * A line of the upgrade protocol: a verb and what it says besides.
 *
 * @param verb the verb
 * @param text the rest of the line, which may be empty
 */
record Message(Verb verb, String text) {

	/**
	 * The verbs, in the order of a successful upgrade.
	 */
	enum Verb {

		/** Both: says the version of the protocol and who speaks. */
		HELLO,
		/** Successor: has so many sockets. */
		RECEIVED,
		/** Successor: could accept at once. */
		PREPARED,
		/**
		 * Predecessor: the word comes within so many milliseconds, because its background
		 * services stop first.
		 */
		HOLD,
		/** Predecessor: the successor shall accept. */
		COMMIT,
		/** Successor: accepts; names the sockets that it does not want. */
		SERVING,
		/** Predecessor: has heard that, and leaves. */
		HEARD,
		/** Predecessor: accepts no more, after both did. */
		DRAINING,
		/**
		 * Predecessor: its last connection has ended; what it has counted since COMMIT.
		 */
		DRAINED,
		/**
		 * Successor: leaves because it was told to, or hands over in its turn, so that
		 * the predecessor does not take its place.
		 */
		LEAVING,
		/** Successor: gave up after ABORT, and nothing runs in its background. */
		STOPPED,
		/** Successor: gives up, and why. */
		FAILED,
		/** Predecessor: takes the sockets back, and why. */
		ABORT

	}

	static Message of(Verb verb, String text) {
		return new Message(verb, text.replaceAll("\\s+", " ").strip());
	}

	static Message parse(String line) {
		int space = line.indexOf(' ');
		String verb = (space < 0) ? line : line.substring(0, space);
		try {
			return new Message(Verb.valueOf(verb), (space < 0) ? "" : line.substring(space + 1));
		}
		catch (IllegalArgumentException ex) {
			throw new UpgradeException(
					"The other process sent '%s', which is no message of this protocol".formatted(printable(line)));
		}
	}

	static String printable(String line) {
		String text = line.replaceAll("[^\\x20-\\x7e]", "?");
		return (text.length() > 80) ? text.substring(0, 80) + "…" : text;
	}

	String line() {
		return (this.text.isEmpty() ? this.verb.name() : this.verb + " " + this.text) + "\n";
	}

}
