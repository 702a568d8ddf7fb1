package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import dev.pingora.spring.process.ActivatedSocket;
import dev.pingora.spring.process.PidFile;
import dev.pingora.spring.process.Supervisor;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of what a server does as a process.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnBean(PingoraServer.class)
@EnableConfigurationProperties(ProcessProperties.class)
public final class PingoraProcessAutoConfiguration {

	/**
	 * What the rest of the application may take to stop after the last connection.
	 */
	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

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

	@Bean
	@Conditional(OnIdentityConfigured.class)
	PrivilegeDrop pingoraPrivilegeDrop(ProcessProperties properties, Environment environment) {
		return new PrivilegeDrop(ProcessIdentity.of(environment).orElseThrow(), properties);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "pingora.systemd.enabled", matchIfMissing = true)
	SupervisorNotices pingoraSupervisorNotices(PingoraProperties properties, PingoraServer server) {
		Duration drain = properties.shutdown().preDrainDelay().plus(properties.shutdown().gracePeriod());
		return new SupervisorNotices(Supervisor.of(System.getenv()), server, drain.plus(STOP_TIMEOUT));
	}

	@Bean
	@Lazy(false)
	@ConditionalOnBooleanProperty(name = "pingora.systemd.enabled", matchIfMissing = true)
	SocketActivation pingoraSocketActivation(PingoraServer server) {
		return new SocketActivation(server, ActivatedSocket.of(System.getenv()));
	}

	/**
	 * Matches where a user or a group is configured.
	 */
	static final class OnIdentityConfigured extends AnyNestedCondition {

		OnIdentityConfigured() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		/**
		 * A user is configured.
		 */
		@ConditionalOnProperty("pingora.user")
		static final class User {

		}

		/**
		 * A group is configured.
		 */
		@ConditionalOnProperty("pingora.group")
		static final class Group {

		}

	}

}
