package dev.pingora.spring.server;

import java.io.IOException;

/**
 * Starts the process that takes over.
 */
@FunctionalInterface
public interface SuccessorStart {

	/**
	 * Start a process that waits for the sockets of this one.
	 * @return the process
	 * @throws IOException if it cannot be started
	 * @throws dev.pingora.spring.upgrade.UpgradeException if it must not be started, and
	 * why
	 */
	Process start() throws IOException;

}
