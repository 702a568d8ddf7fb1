package dev.pingora.spring.listen;

/**
 * Thrown when a text is not an address to listen on.
 */
public class InvalidListenAddressException extends IllegalArgumentException {

	private final String reason;

	private final String remedy;

	InvalidListenAddressException(String text, String reason, String remedy) {
		super("'%s' is not an address to listen on: %s".formatted(text, reason));
		this.reason = reason;
		this.remedy = remedy;
	}

	/**
	 * Return what is wrong with the text.
	 * @return a clause
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * Return what to write instead.
	 * @return a sentence
	 */
	public String remedy() {
		return this.remedy;
	}

}
