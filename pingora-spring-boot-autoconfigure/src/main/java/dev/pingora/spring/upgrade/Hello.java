package dev.pingora.spring.upgrade;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process says of itself when an upgrade begins.
 *
 * @param pid its process id
 * @param generation its generation, 0 for a successor that does not know it yet
 */
record Hello(long pid, int generation) {

	static final String PROTOCOL = "pingora-spring/1";

	private static final Pattern TEXT = Pattern.compile("(\\S+) pid=(\\d{1,18}) generation=(\\d{1,9})(?: .*)?");

	static Hello parse(Message message) {
		Matcher matcher = TEXT.matcher(message.text());
		if (!message.text().startsWith(PROTOCOL + " ") || !matcher.matches()) {
			throw new UpgradeException("The other process speaks another protocol: '%s' instead of '%s'"
				.formatted(message.text(), PROTOCOL));
		}
		return new Hello(Long.parseLong(matcher.group(2)), Integer.parseInt(matcher.group(3)));
	}

	Message message() {
		return Message.of(Message.Verb.HELLO, "%s pid=%d generation=%d".formatted(PROTOCOL, this.pid, this.generation));
	}

}
