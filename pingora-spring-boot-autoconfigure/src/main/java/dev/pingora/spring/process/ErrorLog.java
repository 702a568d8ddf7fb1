package dev.pingora.spring.process;

import java.nio.file.Path;

import com.sun.jna.LastErrorException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file to whose end standard output and standard error of a daemon go, native code
 * and thread dumps included.
 */
final class ErrorLog {

	private static final Logger logger = LoggerFactory.getLogger(ErrorLog.class);

	private static final Path NOWHERE = Path.of("/dev/null");

	private static final int READABLE_BY_ALL = 0644;

	private static final int STANDARD_OUTPUT = 1;

	private static final int STANDARD_ERROR = 2;

	private final Path path;

	ErrorLog(@Nullable Path path) {
		this.path = (path != null) ? path.toAbsolutePath() : NOWHERE;
	}

	/**
	 * Return whether the output of this process is taken by the journal of systemd, which
	 * is where it stays without a file ({@code systemd.exec(5)}).
	 */
	static boolean isJournal() {
		return System.getenv("JOURNAL_STREAM") != null;
	}

	/**
	 * Open the file, which may be a new one at the same path, and let everything go
	 * there.
	 * @throws LastErrorException if it cannot be opened; nothing has changed then
	 */
	void redirect() {
		LibC libc = LibC.load();
		if (this.path.equals(NOWHERE) && isJournal()) {
			libc.dup2(STANDARD_ERROR, STANDARD_OUTPUT);
			return;
		}
		int descriptor = libc.open(this.path.toString(), LibC.O_APPEND_LOG, READABLE_BY_ALL);
		System.out.flush();
		System.err.flush();
		libc.dup2(descriptor, STANDARD_OUTPUT);
		libc.dup2(descriptor, STANDARD_ERROR);
		libc.close(descriptor);
	}

	/**
	 * Open the file anew at every SIGHUP, as {@code logrotate} wants it.
	 */
	void reopenOnHangup() {
		if (IgnoredSignals.isIgnored("HUP")) {
			IgnoredSignals.restoreDefault("HUP");
		}
		new JvmSignal("HUP").handle(this::reopen);
	}

	private void reopen() {
		try {
			redirect();
			logger.info("Received SIGHUP: opened '{}' anew", this.path);
		}
		catch (LastErrorException ex) {
			logger.error("Received SIGHUP: cannot open '{}', the old file goes on: {}", this.path, ex.getMessage());
		}
	}

}
