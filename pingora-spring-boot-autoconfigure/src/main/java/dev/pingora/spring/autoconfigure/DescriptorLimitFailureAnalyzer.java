package dev.pingora.spring.autoconfigure;

import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what to do about a process that has no file descriptor left to start with. It
 * comes before those that would ask for another address.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class DescriptorLimitFailureAnalyzer implements FailureAnalyzer {

	/**
	 * What the system calls say, errno EMFILE.
	 */
	private static final String REASON = "Too many open files";

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		Optional<String> reason = Stream.iterate(failure, (cause) -> cause != null, Throwable::getCause)
			.map((cause) -> String.valueOf(cause.getMessage()))
			.filter((message) -> message.contains(REASON))
			.reduce((outer, inner) -> inner);
		return reason
			.map((message) -> new FailureAnalysis("This process has no file descriptor left: " + message + ".",
					"Raise the limit of open files ('ulimit -n', or 'LimitNOFILE=' of a systemd unit), or lower"
							+ " 'pingora.threads': listeners, event loops and connections take descriptors.",
					failure))
			.orElse(null);
	}

}
