package dev.pingora.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * Checks the files of the process, and whom it shall be. The pid file was checked when
 * its writer was created.
 */
final class ProcessCheck {

	private final Findings findings;

	ProcessCheck(Findings findings) {
		this.findings = findings;
	}

	/**
	 * Check without changing anything.
	 * @throws InvalidPropertyException if something is missing or not allowed
	 */
	void run(Environment environment) {
		ProcessProperties properties = ProcessProperties.of(environment);
		if (properties.pidFile() != null) {
			this.findings.found("pid file", "%s can be written".formatted(properties.pidFile()));
		}
		checkErrorLog(DaemonStart.errorLog(properties));
		ProcessIdentity.of(environment)
			.ifPresent((identity) -> this.findings.found("user",
					"uid %d, gid %d".formatted(identity.uid(), identity.gid())));
	}

	private void checkErrorLog(@Nullable Path errorLog) {
		if (errorLog == null) {
			return;
		}
		Path place = Files.exists(errorLog) ? errorLog : errorLog.toAbsolutePath().getParent();
		if (place == null || !Files.isWritable(place)) {
			throw new InvalidPropertyException("pingora.error-log", errorLog, "it cannot be written to",
					"Create its directory, or set the property to a file that this process may write to.");
		}
		this.findings.found("error log", "%s can be written".formatted(errorLog));
	}

}
