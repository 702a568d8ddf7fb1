package dev.pingora.spring.actuate;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.ServerReport;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * The endpoint {@code pingora}: how a server is. What an operator can make it do is added
 * in the form that fits where it is exposed: {@link PingoraEndpointWebExtension} and
 * {@link PingoraEndpointJmxExtension}. All of it is read-only until
 * {@code management.endpoint.pingora.access} says otherwise.
 */
@Endpoint(id = "pingora", defaultAccess = Access.READ_ONLY)
public final class PingoraEndpoint {

	/**
	 * The header that says which generation answers.
	 */
	public static final String GENERATION_HEADER = "X-Generation";

	private final PingoraServer server;

	/**
	 * Create the endpoint of a server.
	 * @param server the server
	 */
	public PingoraEndpoint(PingoraServer server) {
		this.server = server;
	}

	/**
	 * Report on the server.
	 * @return the report
	 */
	@ReadOperation
	public ServerReport report() {
		return this.server.report();
	}

}
