package dev.pingora.spring.autoconfigure;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DescriptorLimitFailureAnalyzer}.
 */
class DescriptorLimitFailureAnalyzerTests {

	private final DescriptorLimitFailureAnalyzer analyzer = new DescriptorLimitFailureAnalyzer();

	@Test
	void innermostReasonIsTold() {
		FailureAnalysis analysis = this.analyzer.analyze(new IllegalStateException("failed to create an event loop",
				new IOException("Too many open files (wrapped)", new IOException("eventfd(): Too many open files"))));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription())
			.isEqualTo("This process has no file descriptor left: eventfd(): Too many open files.");
		assertThat(analysis.getAction()).contains("ulimit -n", "LimitNOFILE=", "'pingora.threads'");
	}

	@Test
	void otherFailuresAreLeftToOthers() {
		assertThat(this.analyzer.analyze(new IllegalStateException((String) null))).isNull();
		assertThat(this.analyzer.analyze(new IOException("Permission denied"))).isNull();
	}

	@Test
	void isAskedBeforeTheOneThatWantsAnotherAddress() {
		// Some of Boot's own want an application context.
		FailureHandler ignoring = FailureHandler.handleMessage((message, failure) -> {
		});
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, ignoring))
			.extracting((found) -> found.getClass().getSimpleName())
			.containsSubsequence("DescriptorLimitFailureAnalyzer", "ListenFailureAnalyzer");
	}

}
