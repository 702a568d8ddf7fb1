package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.process.DaemonException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says why a process cannot run in the background.
 */
final class DaemonFailureAnalyzer extends AbstractFailureAnalyzer<DaemonException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DaemonException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Mend that, or run in the foreground, without '-d' and 'pingora.daemon.enabled'.", cause);
	}

}
