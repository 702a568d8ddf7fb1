package dev.pingora.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.actuate.PingoraOperations;
import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.UpgradeReport;
import dev.pingora.spring.upgrade.UpgradeException;

/**
 * The actions on a server in the form in which the endpoint asks for them.
 */
final class EndpointOperations implements PingoraOperations {

	private static final String MANAGEMENT = "management";

	private final PingoraServer server;

	private final ServerActions actions;

	EndpointOperations(PingoraServer server, ServerActions actions) {
		this.server = server;
		this.actions = actions;
	}

	@Override
	public CompletableFuture<UpgradeReport> upgrade() {
		return this.actions.beginUpgrade();
	}

	@Override
	public CandidateReport testCandidate() {
		try {
			return this.actions.testCandidate();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UpgradeException("The test of a candidate was interrupted", ex);
		}
	}

	@Override
	public boolean abortUpgrade() {
		try {
			return this.server.abortUpgrade("an operator called it off");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public void terminate() {
		this.actions.beginTermination();
	}

	@Override
	public void interrupt() {
		boolean separate = this.server.listeners()
			.stream()
			.anyMatch((listener) -> listener.service().equals(MANAGEMENT));
		this.actions.beginInterrupt(separate ? MANAGEMENT : "web");
	}

}
