package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.upgrade.UpgradeException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why this process does not take over.
 */
final class UpgradeFailureAnalyzer extends AbstractFailureAnalyzer<UpgradeException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UpgradeException cause) {
		return new FailureAnalysis(
				"This process was started with '-u' and does not take over. %s.".formatted(cause.getMessage()),
				"The predecessor, if there is one, goes on serving. See its log, and that both processes have the same "
						+ "'pingora.upgrade.sock'.",
				cause);
	}

}
