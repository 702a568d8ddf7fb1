package dev.pingora.spring.process;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a process cannot be a daemon, or cannot start one.
 */
public class DaemonException extends RuntimeException {

	DaemonException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
