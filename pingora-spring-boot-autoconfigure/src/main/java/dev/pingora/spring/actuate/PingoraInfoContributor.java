package dev.pingora.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.pingora.spring.server.PeerReport;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * The generation of a server, and how its process came to be.
 */
public final class PingoraInfoContributor implements InfoContributor {

	private final PingoraServer server;

	/**
	 * Create the contributor of a server.
	 * @param server the server
	 */
	public PingoraInfoContributor(PingoraServer server) {
		this.server = server;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("generation", this.server.generation());
		details.put("pid", ProcessHandle.current().pid());
		PeerReport predecessor = this.server.predecessor();
		details.put("startedBy", (predecessor != null) ? "upgrade" : "cold start");
		if (predecessor != null) {
			details.put("predecessor", predecessor.pid());
		}
		builder.withDetail("pingora", details);
	}

}
