package dev.pingora.spring.upgrade;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the other process has closed its end of the upgrade, or is gone.
 */
class ConnectionLostException extends UpgradeException {

	ConnectionLostException(String waitingFor, @Nullable Throwable cause) {
		super("The connection to the other process was lost while waiting for " + waitingFor, cause);
	}

}
