package dev.pingora.spring.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that was told to run in the background: it starts its own command once more
 * as a {@link Daemon} and waits until that is ready. Until then it passes on what the
 * daemon writes, so that a failure is seen where the command was given.
 */
public final class DaemonParent {

	private static final Logger logger = LoggerFactory.getLogger(DaemonParent.class);

	private static final Path NOWHERE = Path.of("/dev/null");

	private final Path errorLog;

	private final @Nullable Path workingDirectory;

	/**
	 * Create the parent of a daemon.
	 * @param errorLog where the output of the daemon goes, or {@code null} for nowhere
	 * @param workingDirectory the directory of the daemon, or {@code null} for that of
	 * this process
	 */
	public DaemonParent(@Nullable Path errorLog, @Nullable Path workingDirectory) {
		this.errorLog = (errorLog != null) ? errorLog.toAbsolutePath() : NOWHERE;
		this.workingDirectory = workingDirectory;
	}

	/**
	 * Start the daemon and leave it alone.
	 * @param command the command of this process
	 * @throws DaemonException if it cannot be started
	 */
	public void start(JvmCommand command) {
		Process child = start(command, Daemon.DETACHED,
				isJournal() ? Redirect.INHERIT : Redirect.appendTo(this.errorLog.toFile()));
		logger.info("Process {} starts in the background", child.pid());
	}

	/**
	 * Start the daemon and wait for its word.
	 * @param command the command of this process
	 * @param timeout how long to wait
	 * @return whether the daemon is ready; if not, its output is on standard error and it
	 * is gone
	 * @throws DaemonException if it cannot be started
	 */
	public boolean startAndAwait(JvmCommand command, Duration timeout) {
		Process child = start(command, Daemon.AWAITED, Redirect.PIPE);
		stopAfter(timeout, child);
		try {
			if (copyUntilReady(child)) {
				logger.info("Process {} runs in the background", child.pid());
				return true;
			}
			System.err.println("The daemon (process %d) has ended with exit code %d before it was ready"
				.formatted(child.pid(), child.waitFor()));
			return false;
		}
		catch (IOException ex) {
			child.destroyForcibly();
			throw new DaemonException("The output of the daemon cannot be passed on: " + ex.getMessage(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private Process start(JvmCommand command, String mark, Redirect output) {
		refuseDebugger();
		ProcessBuilder builder = ((this.workingDirectory != null) ? command.in(this.workingDirectory) : command)
			.toProcess();
		if (this.workingDirectory != null) {
			builder.directory(this.workingDirectory.toFile());
		}
		builder.environment().put(Daemon.MARK, mark);
		try {
			return builder.redirectInput(Redirect.from(NOWHERE.toFile()))
				.redirectOutput(output)
				.redirectErrorStream(!isJournal())
				.redirectError(isJournal() ? Redirect.INHERIT : Redirect.PIPE)
				.start();
		}
		catch (IOException ex) {
			throw new DaemonException("The daemon cannot be started: " + ex.getMessage(), ex);
		}
	}

	private boolean isJournal() {
		return this.errorLog.equals(NOWHERE) && ErrorLog.isJournal();
	}

	/**
	 * Refuse to start a JVM that would want the port that a debugger of this one holds.
	 */
	private static void refuseDebugger() {
		for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
			if (argument.contains("jdwp") && argument.contains("server=y")) {
				throw new DaemonException(
						"The debugger option '%s' holds a port that the daemon would need as well; ".formatted(argument)
								+ "start without it, or without '-d'",
						null);
			}
		}
	}

	private static void stopAfter(Duration timeout, Process child) {
		Thread watchdog = new Thread(() -> {
			try {
				if (!child.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
					System.err.println("The daemon was not ready within %d s".formatted(timeout.toSeconds()));
					child.destroyForcibly();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "pingora-daemon");
		watchdog.setDaemon(true);
		watchdog.start();
	}

	/**
	 * Return whether the daemon said that it is ready before it closed its output.
	 */
	private boolean copyUntilReady(Process child) throws IOException {
		ByteArrayOutputStream copy = new ByteArrayOutputStream();
		try (InputStream output = child.getInputStream(); OutputStream log = openErrorLog()) {
			byte[] buffer = new byte[8192];
			for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
				int ready = indexOfReady(buffer, count);
				int length = (ready >= 0) ? ready : count;
				log.write(buffer, 0, length);
				copy.write(buffer, 0, length);
				if (ready >= 0) {
					return true;
				}
			}
		}
		copy.writeTo(System.err);
		return false;
	}

	private OutputStream openErrorLog() throws IOException {
		return Files.newOutputStream(this.errorLog, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
	}

	private static int indexOfReady(byte[] buffer, int count) {
		for (int i = 0; i < count; i++) {
			if (buffer[i] == Daemon.READY) {
				return i;
			}
		}
		return -1;
	}

}
