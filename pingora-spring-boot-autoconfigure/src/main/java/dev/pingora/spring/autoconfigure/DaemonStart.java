package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import dev.pingora.spring.process.Daemon;
import dev.pingora.spring.process.DaemonParent;
import dev.pingora.spring.process.Exit;
import dev.pingora.spring.process.Flags;
import dev.pingora.spring.process.JvmCommand;
import dev.pingora.spring.process.UpgradeSignal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The start of an application in the background, in its two processes: the first starts
 * the second and waits, the second says when it is ready.
 */
final class DaemonStart {

	private DaemonStart() {
	}

	/**
	 * Called as early as possible in both.
	 */
	static void begin() {
		if (Daemon.isChild()) {
			Daemon.leaveTerminal();
		}
	}

	/**
	 * Called when the configuration is known. In the first process it does not return if
	 * the configuration or the flags want a daemon.
	 */
	static void launch(Flags flags, Environment environment) {
		if ((flags.daemon() || isConfigured(environment)) && !flags.test() && !Daemon.isChild()) {
			ProcessProperties properties = ProcessProperties.of(environment);
			Path errorLog = errorLog(properties);
			checkErrorLog(errorLog);
			Exit.orderly(launch(properties, new DaemonParent(errorLog, properties.workingDirectory())));
		}
	}

	private static boolean isConfigured(Environment environment) {
		return Binder.get(environment).bind("pingora.daemon.enabled", Boolean.class).orElse(false);
	}

	private static int launch(ProcessProperties properties, DaemonParent parent) {
		JvmCommand command = JvmCommand.ofThisProcess();
		if (!properties.daemon().waitForReady()) {
			parent.start(command);
			return 0;
		}
		return parent.startAndAwait(command, properties.daemon().readyTimeout()) ? 0 : 1;
	}

	/**
	 * Return the error log. A relative path is one in the directory of the daemon.
	 */
	static @Nullable Path errorLog(ProcessProperties properties) {
		Path errorLog = properties.errorLog();
		Path directory = properties.workingDirectory();
		return (errorLog != null && directory != null) ? directory.resolve(errorLog) : errorLog;
	}

	private static void checkErrorLog(@Nullable Path errorLog) {
		if (errorLog == null) {
			return;
		}
		try {
			Files.newOutputStream(errorLog, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
		}
		catch (IOException ex) {
			throw new InvalidPropertyException("pingora.error-log", errorLog, "it cannot be written to: " + ex,
					"Create its directory, or set the property to a file that this process may write to.");
		}
	}

	/**
	 * Called in the second process when the first one may leave.
	 */
	static void ready(Environment environment) {
		if (Daemon.isChild()) {
			UpgradeSignal upgradeSignal = environment.getProperty("pingora.signals.upgrade", UpgradeSignal.class,
					UpgradeSignal.QUIT);
			Daemon.ready(errorLog(ProcessProperties.of(environment)), upgradeSignal != UpgradeSignal.HUP);
		}
	}

}
