package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.process.InvalidFlagException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says how the flags of the server are used.
 */
final class InvalidFlagFailureAnalyzer extends AbstractFailureAnalyzer<InvalidFlagException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidFlagException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", "Use '-u' or '--upgrade' without a value.", cause);
	}

}
