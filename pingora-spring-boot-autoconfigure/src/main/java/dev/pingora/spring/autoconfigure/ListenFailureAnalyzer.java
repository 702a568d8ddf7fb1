package dev.pingora.spring.autoconfigure;

import java.util.Optional;

import dev.pingora.spring.listen.ListenException;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.process.PortOwner;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says who has the address that a service or the application's own web server wants.
 */
final class ListenFailureAnalyzer extends AbstractFailureAnalyzer<ListenException> {

	private static final String PROPERTIES = "'pingora.services.*.listeners', 'server.port' or 'management.server.port'";

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ListenException cause) {
		Optional<String> owner = (cause.isAddressInUse() && cause.address() instanceof TcpAddress tcp)
				? PortOwner.of(tcp.port()) : Optional.empty();
		String description = cause.getMessage() + owner.map((process) -> " by " + process).orElse("") + ".";
		String action = cause.isAddressInUse()
				? "Stop the process that has the address, take over from it with '-u', or change %s.".formatted(
						PROPERTIES)
				: "Change %s, or make the address available to this process.".formatted(PROPERTIES);
		return new FailureAnalysis(description, action, cause);
	}

}
