package dev.pingora.spring.actuate;

import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.UpgradeReport;

/**
 * What an operator can make a server do. The signals of a process do the same.
 */
public interface PingoraOperations {

	/**
	 * Start a successor and hand over to it.
	 * @return what became of it, as soon as that is known
	 */
	CompletableFuture<UpgradeReport> upgrade();

	/**
	 * Test what would be the successor, and wait for the end of the test.
	 * @return what it has shown
	 */
	CandidateReport testCandidate();

	/**
	 * Call off the upgrade that is under way.
	 * @return whether there was one, and it had not committed
	 */
	boolean abortUpgrade();

	/**
	 * Drain and exit, as SIGTERM does.
	 */
	void terminate();

	/**
	 * Exit at once, as SIGINT does, but let the answer to this request leave.
	 */
	void interrupt();

}
