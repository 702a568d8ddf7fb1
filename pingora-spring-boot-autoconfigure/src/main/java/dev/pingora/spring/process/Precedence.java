package dev.pingora.spring.process;

import java.util.Optional;
import java.util.function.IntPredicate;

import com.sun.jna.LastErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this JVM lets other processes go first where processors are scarce. Linux keeps
 * a nice value for each thread, and a thread begins with that of the one that starts it.
 * Anybody may lower a thread so, but to take it back needs {@code CAP_SYS_NICE} or a
 * limit {@code RLIMIT_NICE} that allows it, and what this process could not take back it
 * does not do.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sched.7.html">sched(7)</a>
 */
public final class Precedence {

	private static final Logger logger = LoggerFactory.getLogger(Precedence.class);

	private static final int LAST = 19;

	/**
	 * What the limit of nice values counts from.
	 */
	private static final int LIMIT_OF_ZERO = 20;

	/**
	 * How often it is looked for threads that others have started meanwhile.
	 */
	private static final int PASSES = 10;

	private final LibC libc;

	private final int usual;

	private final int low;

	private Precedence(LibC libc, int usual, int low) {
		this.libc = libc;
		this.usual = usual;
		this.low = low;
	}

	/**
	 * Find out whether this JVM can be lowered and raised again. Threads that have
	 * another nice value than the calling one are left alone.
	 * @param steps by how many nice values
	 * @param dropsPrivileges whether this process will give up its privileges before it
	 * is raised
	 * @return the precedence, or empty where this process could not be raised again
	 */
	public static Optional<Precedence> of(int steps, boolean dropsPrivileges) {
		try {
			return of(LibC.load(), steps, dropsPrivileges);
		}
		catch (LinkageError ex) {
			logger.debug("Native code cannot be loaded", ex);
			return Optional.empty();
		}
	}

	static Optional<Precedence> of(LibC libc, int steps, boolean dropsPrivileges) {
		try {
			int usual = libc.getpriority(LibC.PRIO_PROCESS, 0);
			int low = Math.min(usual + steps, LAST);
			boolean possible = isAllowedByLimit(libc, usual) || (!dropsPrivileges && isAllowed(libc, usual, low));
			return possible ? Optional.of(new Precedence(libc, usual, low)) : Optional.empty();
		}
		catch (LastErrorException ex) {
			logger.debug("The nice value of this process is not known", ex);
			return Optional.empty();
		}
	}

	/**
	 * Let this process lower and raise itself without the privileges that it has now, if
	 * they go that far.
	 */
	public static void allow() {
		try {
			allow(LibC.load());
		}
		catch (LinkageError ex) {
			logger.debug("Native code cannot be loaded", ex);
		}
	}

	static void allow(LibC libc) {
		try {
			int usual = libc.getpriority(LibC.PRIO_PROCESS, 0);
			if (!isAllowedByLimit(libc, usual)) {
				libc.setrlimit(LibC.RLIMIT_NICE, new long[] { LIMIT_OF_ZERO - usual, LIMIT_OF_ZERO - usual });
			}
		}
		catch (LastErrorException ex) {
			logger.debug("The limit of nice values cannot be raised", ex);
		}
	}

	private static boolean isAllowedByLimit(LibC libc, int nice) {
		long[] limits = new long[2];
		libc.getrlimit(LibC.RLIMIT_NICE, limits);
		return Long.compareUnsigned(limits[0], LIMIT_OF_ZERO - nice) >= 0;
	}

	/**
	 * Try it with a thread that does nothing else.
	 */
	private static boolean isAllowed(LibC libc, int usual, int low) {
		boolean[] allowed = new boolean[1];
		Thread trial = new Thread(() -> {
			try {
				libc.setpriority(LibC.PRIO_PROCESS, 0, low);
				libc.setpriority(LibC.PRIO_PROCESS, 0, usual);
				allowed[0] = true;
			}
			catch (LastErrorException ex) {
				logger.debug("The nice value {} cannot be taken back", low, ex);
			}
		}, "pingora-precedence");
		trial.start();
		try {
			trial.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		return allowed[0];
	}

	/**
	 * Lower every thread.
	 */
	public void lower() {
		move(this.usual, this.low, (thread) -> true);
	}

	/**
	 * Lower the threads that compile.
	 */
	public void lowerCompilers() {
		move(this.usual, this.low, KernelThreads::compiles);
	}

	/**
	 * Raise the threads that were lowered, but for those that compile.
	 */
	public void raiseAllButCompilers() {
		move(this.low, this.usual, (thread) -> !KernelThreads.compiles(thread));
	}

	/**
	 * Raise the threads that were lowered, but for those that compile and the calling
	 * one.
	 */
	public void raiseOthersButCompilers() {
		int caller = KernelThreads.caller();
		move(this.low, this.usual, (thread) -> thread != caller && !KernelThreads.compiles(thread));
	}

	/**
	 * Lower the calling thread, and with it the threads and processes that it starts.
	 */
	public void lowerCaller() {
		move(0, this.usual, this.low, (thread) -> true);
	}

	/**
	 * Raise the calling thread, if it was lowered.
	 */
	public void raiseCaller() {
		move(0, this.low, this.usual, (thread) -> true);
	}

	/**
	 * Raise every thread that was lowered.
	 */
	public void raise() {
		move(this.low, this.usual, (thread) -> true);
	}

	private synchronized void move(int from, int to, IntPredicate which) {
		for (int pass = 0; pass < PASSES; pass++) {
			if (KernelThreads.all().stream().filter((thread) -> move(thread, from, to, which)).count() == 0) {
				return;
			}
		}
	}

	private boolean move(int thread, int from, int to, IntPredicate which) {
		try {
			if (this.libc.getpriority(LibC.PRIO_PROCESS, thread) == from && which.test(thread)) {
				this.libc.setpriority(LibC.PRIO_PROCESS, thread, to);
				return true;
			}
		}
		catch (LastErrorException ex) {
			logger.trace("The thread {} has ended", thread, ex);
		}
		return false;
	}

	/**
	 * Say how threads are lowered.
	 */
	@Override
	public String toString() {
		return "nice " + this.low;
	}

}
