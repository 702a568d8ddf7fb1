package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the file of {@code -c} cannot be used.
 */
class ConfigurationFileException extends RuntimeException {

	ConfigurationFileException(Path file, String reason, @Nullable Throwable cause) {
		super("The configuration file '%s' cannot be used: %s".formatted(file, reason), cause);
	}

}
