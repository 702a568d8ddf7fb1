package dev.pingora.spring.process;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import org.jspecify.annotations.Nullable;

/**
 * This process as a daemon, started by a {@link DaemonParent} that waits for its word.
 */
public final class Daemon {

	/**
	 * Marks the child in its environment. The flag alone cannot tell parent and child
	 * apart, and cannot be taken from a command line that names an argument file. The
	 * name is none that Spring would take for a property of ours.
	 */
	static final String MARK = "DAEMON_OF_PINGORA";

	/** The mark of a child whose parent waits at the other end of standard output. */
	static final String AWAITED = "awaited";

	/** The mark of a child whose parent is gone. */
	static final String DETACHED = "detached";

	/** The last byte for the parent, "end of transmission". */
	static final byte READY = 4;

	private static final AtomicBoolean said = new AtomicBoolean();

	private Daemon() {
	}

	/**
	 * Return whether this process was started as a daemon.
	 * @return whether a parent has marked it
	 */
	public static boolean isChild() {
		return System.getenv(MARK) != null;
	}

	/**
	 * Leave the terminal: become the leader of a session that has none.
	 * @throws DaemonException if that is not possible
	 */
	public static void leaveTerminal() {
		try {
			LibC libc = LibC.load();
			if (libc.getsid(0) != ProcessHandle.current().pid()) {
				libc.setsid();
			}
		}
		catch (LinkageError | LastErrorException ex) {
			throw new DaemonException("This process cannot leave its terminal: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Tell the parent that it may leave, once, and write to the error log from now on.
	 * @param errorLog the error log, or {@code null} to write nowhere
	 * @param reopen whether SIGHUP opens the error log anew
	 * @throws DaemonException if the error log cannot be opened
	 */
	public static void ready(@Nullable Path errorLog, boolean reopen) {
		if (said.getAndSet(true)) {
			return;
		}
		ErrorLog log = new ErrorLog(errorLog);
		if (AWAITED.equals(System.getenv(MARK))) {
			tellParent(log);
		}
		if (reopen) {
			log.reopenOnHangup();
		}
	}

	private static void tellParent(ErrorLog log) {
		try {
			LibC libc = LibC.load();
			int parent = libc.dup(1);
			log.redirect();
			writeReady(libc, parent);
			libc.close(parent);
		}
		catch (LastErrorException ex) {
			throw new DaemonException("The error log ('pingora.error-log') cannot be opened: " + ex.getMessage(), ex);
		}
	}

	private static void writeReady(LibC libc, int parent) {
		try {
			libc.write(parent, new byte[] { READY }, new NativeLong(1));
		}
		catch (LastErrorException ex) {
			// the parent was interrupted, and nobody waits any more
		}
	}

}
