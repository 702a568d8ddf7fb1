package dev.pingora.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.env.Environment;

/**
 * Configuration of the server as a process.
 *
 * @param cli Command line.
 * @param daemon Running in the background.
 * @param pidFile File that names the process that serves, for as long as one does.
 * @param errorLog File to whose end a daemon writes its standard output and standard
 * error. The default is to write them nowhere.
 * @param workingDirectory Directory of a daemon, an absolute path. The default is the
 * directory in which it was started.
 * @param user User that the process becomes, for good, before it accepts the first
 * connection. Only root can become another user.
 * @param group Group that the process becomes. The default is the group of the user.
 * @param systemd Supervision by systemd.
 */
@ConfigurationProperties("pingora")
public record ProcessProperties(@DefaultValue Cli cli, @DefaultValue Daemon daemon, @Nullable Path pidFile,
		@Nullable Path errorLog, @Nullable Path workingDirectory, @Nullable String user, @Nullable String group,
		@DefaultValue Systemd systemd) {

	public ProcessProperties {
		if (workingDirectory != null && !(workingDirectory.isAbsolute() && Files.isDirectory(workingDirectory))) {
			throw new InvalidPropertyException("pingora.working-directory", workingDirectory,
					workingDirectory.isAbsolute() ? "it is not a directory" : "it is not an absolute path",
					"Set it to the absolute path of a directory that exists.");
		}
	}

	static ProcessProperties of(Environment environment) {
		return Binder.get(environment).bindOrCreate("pingora", ProcessProperties.class);
	}

	/**
	 * Configuration of the command line.
	 *
	 * @param enabled Whether the flags of the server are read from the command line. It
	 * is asked before any configuration file is read: set it as an argument, a system
	 * property or an environment variable.
	 */
	public record Cli(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Configuration of the background.
	 *
	 * @param enabled Whether the process runs in the background, as with the flag '-d'.
	 * @param waitForReady Whether the command ends when the daemon is ready, and not as
	 * soon as it has been started.
	 * @param readyTimeout How long the daemon may take to be ready.
	 */
	public record Daemon(@DefaultValue("false") boolean enabled, @DefaultValue("true") boolean waitForReady,
			@DefaultValue("10m") Duration readyTimeout) {

		public Daemon {
			PropertyRules.positive("pingora.daemon.ready-timeout", readyTimeout);
		}

	}

	/**
	 * Configuration of the supervision by systemd.
	 *
	 * @param enabled Whether systemd hears how the server is and its sockets are claimed,
	 * where it says so in the environment.
	 */
	public record Systemd(@DefaultValue("true") boolean enabled) {
	}

}
