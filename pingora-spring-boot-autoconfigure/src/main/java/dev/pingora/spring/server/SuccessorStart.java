package dev.pingora.spring.server;

import java.io.IOException;
import java.nio.file.Path;

import dev.pingora.spring.upgrade.UpgradeException;

/**
 * Starts the process that takes over.
 */
@FunctionalInterface
public interface SuccessorStart {

	/**
	 * Start a process that waits for the sockets of this one.
	 * @return the process
	 * @throws IOException if it cannot be started
	 * @throws UpgradeException if it must not be started, and why
	 */
	Process start() throws IOException;

	/**
	 * Start a process that tests whether it could be the successor, and exits: with 0 if
	 * it could.
	 * @param output the file that it writes its output and its errors to
	 * @return the process
	 * @throws IOException if it cannot be started
	 * @throws UpgradeException if it must not be started, and why
	 */
	default Process test(Path output) throws IOException {
		throw new UpgradeException("what starts the successor here cannot test it");
	}

}
