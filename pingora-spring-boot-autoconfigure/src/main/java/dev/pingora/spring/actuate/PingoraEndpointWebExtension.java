package dev.pingora.spring.actuate;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.UpgradeOutcome;
import dev.pingora.spring.server.UpgradeReport;

import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * The endpoint over HTTP: what an operator can make a server do, with a status that says
 * what came of it.
 */
@EndpointWebExtension(endpoint = PingoraEndpoint.class)
public final class PingoraEndpointWebExtension {

	private static final int ACCEPTED = 202;

	private static final int CONFLICT = 409;

	private static final int UNPROCESSABLE = 422;

	private final PingoraServer server;

	private final PingoraOperations operations;

	/**
	 * Create the extension.
	 * @param server the server
	 * @param operations what an operator can make it do
	 */
	public PingoraEndpointWebExtension(PingoraServer server, PingoraOperations operations) {
		this.server = server;
		this.operations = operations;
	}

	/**
	 * Say whether work is under way.
	 * @param detail what is asked for
	 * @return the counts, with status 200 where nothing is under way and 503 otherwise
	 */
	@ReadOperation
	public WebEndpointResponse<DrainState> drain(@Selector Detail detail) {
		DrainState drain = DrainState.of(this.server);
		return new WebEndpointResponse<>(drain,
				drain.isIdle() ? WebEndpointResponse.STATUS_OK : WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
	}

	/**
	 * Upgrade the server, or shut it down gracefully.
	 * @param action which of them
	 * @return the outcome of the upgrade, as soon as it is known, or that the shutdown
	 * has begun
	 */
	@WriteOperation
	public WebEndpointResponse<Object> begin(@Selector Action action) {
		return switch (action) {
			case UPGRADE -> answer(this.operations.upgrade().join());
			case SHUTDOWN -> {
				this.operations.terminate();
				yield new WebEndpointResponse<>(Map.of("shutdown", "GRACEFUL"), ACCEPTED);
			}
		};
	}

	/**
	 * Upgrade the server or shut it down in another way. The way is part of the path,
	 * because a body would need a type.
	 * @param action which of them
	 * @param way how
	 * @return what came of it or has begun, or status 400 where the action has no such
	 * way
	 */
	@WriteOperation
	public WebEndpointResponse<Object> beginSo(@Selector Action action, @Selector Way way) {
		return switch (way) {
			case ASYNC -> (action == Action.UPGRADE) ? upgradeLater() : unknown(action, way);
			case DRY_RUN -> (action == Action.UPGRADE) ? answer(this.operations.testCandidate()) : unknown(action, way);
			case FAST -> (action == Action.SHUTDOWN) ? interrupt() : unknown(action, way);
		};
	}

	private WebEndpointResponse<Object> upgradeLater() {
		CompletableFuture<UpgradeReport> outcome = this.operations.upgrade();
		return outcome.isDone() ? answer(outcome.join()) : new WebEndpointResponse<>(
				Map.of("outcome", UpgradeOutcome.UNDER_WAY, "poll", "GET the endpoint: 'upgrades[0]' is this upgrade"),
				ACCEPTED);
	}

	private WebEndpointResponse<Object> interrupt() {
		this.operations.interrupt();
		return new WebEndpointResponse<>(Map.of("shutdown", Way.FAST), ACCEPTED);
	}

	private static WebEndpointResponse<Object> unknown(Action action, Way way) {
		return new WebEndpointResponse<>(Map.of("error", "%s has no way %s".formatted(action, way)),
				WebEndpointResponse.STATUS_BAD_REQUEST);
	}

	private static WebEndpointResponse<Object> answer(UpgradeReport report) {
		return new WebEndpointResponse<>(report, status(report));
	}

	private static WebEndpointResponse<Object> answer(CandidateReport report) {
		return new WebEndpointResponse<>(report, switch (report.outcome()) {
			case VALID -> WebEndpointResponse.STATUS_OK;
			case INVALID -> UNPROCESSABLE;
			case REFUSED -> CONFLICT;
		});
	}

	private static int status(UpgradeReport report) {
		return switch (report.outcome()) {
			case SUCCEEDED -> WebEndpointResponse.STATUS_OK;
			case REFUSED, ABORTED -> CONFLICT;
			default -> WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR;
		};
	}

	/**
	 * Call off an upgrade that has not committed.
	 * @param action what is called off, which is always an upgrade
	 * @return whether it was called off, with status 200 where it was and 409 where there
	 * was none to call off
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> abort(@Selector Abortable action) {
		boolean aborted = this.operations.abortUpgrade();
		Map<String, Object> answer = Map.of("aborted", aborted, "phase", this.server.phase());
		return new WebEndpointResponse<>(answer, aborted ? WebEndpointResponse.STATUS_OK : CONFLICT);
	}

	/**
	 * What can be read besides the report.
	 */
	public enum Detail {

		/** Whether work is under way. */
		DRAIN

	}

	/**
	 * What can be begun.
	 */
	public enum Action {

		/** Start a successor and hand over to it. */
		UPGRADE,
		/** Exit. */
		SHUTDOWN

	}

	/**
	 * What can be called off.
	 */
	public enum Abortable {

		/** The upgrade that is under way. */
		UPGRADE

	}

	/**
	 * Another way to do it.
	 */
	public enum Way {

		/** Upgrade, and answer before the outcome is known. */
		ASYNC,
		/** Test what would be the successor, and do not upgrade. */
		DRY_RUN,
		/** Exit at once, as SIGINT. */
		FAST

	}

}
