package dev.pingora.spring.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when an upgrade fails. The message says why in one sentence that an operator
 * understands.
 */
public class UpgradeException extends RuntimeException {

	/**
	 * Create the exception.
	 * @param message why the upgrade failed
	 */
	public UpgradeException(String message) {
		super(message);
	}

	/**
	 * Create the exception.
	 * @param message why the upgrade failed
	 * @param cause the cause, if there is one
	 */
	public UpgradeException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
