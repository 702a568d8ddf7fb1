package dev.pingora.spring.process;

/**
 * Thrown when a flag of the server is used in a way that makes no sense.
 */
public class InvalidFlagException extends IllegalArgumentException {

	InvalidFlagException(String message, Throwable cause) {
		super(message, cause);
	}

}
