package dev.pingora.spring.process;

/**
 * Thrown when this machine does not know a user or a group.
 */
public class UnknownIdentityException extends RuntimeException {

	private final String kind;

	private final String name;

	UnknownIdentityException(String kind, String name) {
		super("There is no %s '%s'".formatted(kind, name));
		this.kind = kind;
		this.name = name;
	}

	/**
	 * Return what is unknown.
	 * @return {@code user} or {@code group}
	 */
	public String kind() {
		return this.kind;
	}

	/**
	 * Return the name that is unknown.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

}
