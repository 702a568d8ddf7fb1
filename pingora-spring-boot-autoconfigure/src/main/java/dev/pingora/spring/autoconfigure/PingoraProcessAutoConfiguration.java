package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

import dev.pingora.spring.process.PidFile;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of what a server does as a process.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnBean(PingoraServer.class)
@EnableConfigurationProperties(ProcessProperties.class)
public final class PingoraProcessAutoConfiguration {

	@Bean
	@ConditionalOnProperty("pingora.pid-file")
	PidFileWriter pingoraPidFileWriter(ProcessProperties properties, PingoraServer server) {
		Path path = Objects.requireNonNull(properties.pidFile());
		PidFile file = new PidFile(path);
		try {
			file.check();
		}
		catch (IOException ex) {
			throw new InvalidPropertyException("pingora.pid-file", path, String.valueOf(ex.getMessage()),
					"Set it to a path in a directory that this process may write to.");
		}
		return new PidFileWriter(file, server);
	}

}
