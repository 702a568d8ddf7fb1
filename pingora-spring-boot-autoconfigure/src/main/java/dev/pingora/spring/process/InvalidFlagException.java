package dev.pingora.spring.process;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a flag of the server is used in a way that makes no sense.
 */
public class InvalidFlagException extends IllegalArgumentException {

	InvalidFlagException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
