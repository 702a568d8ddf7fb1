package dev.pingora.spring.actuate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.UpgradeOutcome;
import dev.pingora.spring.server.UpgradeReport;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.jmx.annotation.EndpointJmxExtension;

/**
 * The endpoint over JMX, where an operation has a name of its own and no status.
 */
@EndpointJmxExtension(endpoint = PingoraEndpoint.class)
public final class PingoraEndpointJmxExtension {

	private final PingoraServer server;

	private final PingoraOperations operations;

	/**
	 * Create the extension.
	 * @param server the server
	 * @param operations what an operator can make it do
	 */
	public PingoraEndpointJmxExtension(PingoraServer server, PingoraOperations operations) {
		this.server = server;
		this.operations = operations;
	}

	/**
	 * Say whether work is under way.
	 * @return the counts
	 */
	@ReadOperation
	public DrainState drain() {
		return DrainState.of(this.server);
	}

	/**
	 * Upgrade the server.
	 * @return the outcome, as soon as it is known
	 */
	@WriteOperation
	public UpgradeReport upgrade() {
		return this.operations.upgrade().join();
	}

	/**
	 * Upgrade the server without waiting for it.
	 * @return that it is under way, or why it is not
	 */
	@WriteOperation
	public Object upgradeAsync() {
		CompletableFuture<UpgradeReport> outcome = this.operations.upgrade();
		return outcome.isDone() ? outcome.join() : Map.of("outcome", UpgradeOutcome.UNDER_WAY);
	}

	/**
	 * Test what would be the successor.
	 * @return what that has shown
	 */
	@WriteOperation
	public CandidateReport upgradeDryRun() {
		return this.operations.testCandidate();
	}

	/**
	 * Call off an upgrade that has not committed.
	 * @return whether there was one
	 */
	@WriteOperation
	public Map<String, Object> abortUpgrade() {
		return Map.of("aborted", this.operations.abortUpgrade(), "phase", this.server.phase());
	}

	/**
	 * Drain and exit, as SIGTERM does.
	 */
	@WriteOperation
	public void shutdown() {
		this.operations.terminate();
	}

	/**
	 * Exit at once, as SIGINT does.
	 */
	@WriteOperation
	public void shutdownFast() {
		this.operations.interrupt();
	}

}
