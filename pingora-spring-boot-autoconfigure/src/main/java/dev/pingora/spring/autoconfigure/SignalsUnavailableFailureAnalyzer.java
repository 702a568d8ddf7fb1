package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.process.SignalsUnavailableException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about a JVM that leaves the signals alone.
 */
final class SignalsUnavailableFailureAnalyzer extends AbstractFailureAnalyzer<SignalsUnavailableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SignalsUnavailableException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Remove '-Xrs' from the command line, or set 'pingora.signals.enabled=false' to do without signals.",
				cause);
	}

}
