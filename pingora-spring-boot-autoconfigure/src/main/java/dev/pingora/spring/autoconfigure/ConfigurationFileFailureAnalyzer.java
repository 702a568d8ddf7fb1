package dev.pingora.spring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is wrong with the file of {@code -c}, and where.
 */
final class ConfigurationFileFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationFileException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConfigurationFileException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", "Mend the file, or give another one with '-c FILE'.",
				cause);
	}

}
