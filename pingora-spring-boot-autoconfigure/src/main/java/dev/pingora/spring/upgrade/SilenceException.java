package dev.pingora.spring.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the other process does not say in time what was waited for.
 */
class SilenceException extends UpgradeException {

	SilenceException(String waitingFor, @Nullable Throwable cause) {
		super("The other process did not send %s in time".formatted(waitingFor), cause);
	}

}
