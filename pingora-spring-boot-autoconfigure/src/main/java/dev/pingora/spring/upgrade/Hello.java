package dev.pingora.spring.upgrade;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process says of itself when an upgrade begins.
 *
 * @param pid its process id
 * @param generation its generation, 0 for a successor that does not know it yet
 * @param more what else it says, which a process that does not know it leaves alone
 */
record Hello(long pid, int generation, String more) {

	static final String PROTOCOL = "pingora-spring/1";

	private static final Pattern TEXT = Pattern.compile("(\\S+) pid=(\\d{1,18}) generation=(\\d{1,9})(?: (.*))?");

	/**
	 * What is known of a process that has not said it.
	 */
	static final Hello UNKNOWN = new Hello(0, 1, "");

	/**
	 * Return what the kernel knows of a process that says nothing.
	 */
	static Hello of(long pid) {
		return new Hello(pid, 1, "");
	}

	static Hello ofThisProcess(int generation, String more) {
		return new Hello(ProcessHandle.current().pid(), generation, more);
	}

	static Hello parse(Message message) {
		Matcher matcher = TEXT.matcher(message.text());
		if (!message.text().startsWith(PROTOCOL + " ") || !matcher.matches()) {
			throw new UpgradeException("The other process speaks another protocol: '%s' instead of '%s'"
				.formatted(Message.printable(message.text()), PROTOCOL));
		}
		return new Hello(Long.parseLong(matcher.group(2)), Integer.parseInt(matcher.group(3)),
				Objects.requireNonNullElse(matcher.group(4), ""));
	}

	String text() {
		return "%s pid=%d generation=%d %s".formatted(PROTOCOL, this.pid, this.generation, this.more);
	}

}
