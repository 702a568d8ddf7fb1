package dev.pingora.spring.process;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

import com.sun.jna.LastErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this JVM lets other processes go first where processors are scarce. Linux keeps
 * a nice value and a policy for each thread, and a thread begins with those of the one
 * that starts it. A thread with a higher nice value gets less, but once it runs others
 * wait for it up to some milliseconds; one of the policy {@code SCHED_IDLE} makes room at
 * once. Anybody may lower a thread so, but to take it back needs {@code CAP_SYS_NICE} or
 * a limit {@code RLIMIT_NICE} that allows it, and what this process could not take back
 * it does not do.
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

	private final boolean mayIdle;

	private boolean idle;

	private Precedence(LibC libc, int usual, int low, boolean mayIdle) {
		this.libc = libc;
		this.usual = usual;
		this.low = low;
		this.mayIdle = mayIdle;
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
			PrecedenceTrial trial = PrecedenceTrial.run(libc, usual, low);
			boolean possible = isAllowedByLimit(libc, usual) || (!dropsPrivileges && trial.nice());
			return possible ? Optional.of(new Precedence(libc, usual, low, trial.idle())) : Optional.empty();
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
	 * Lower every thread, and let it run only where a processor has nothing else to do:
	 * nobody waits for what this process does.
	 */
	public synchronized void lower() {
		this.idle = this.mayIdle;
		change(this::lower);
	}

	private void lower(int thread) {
		int nice = nice(thread);
		if (nice == this.usual) {
			this.libc.setpriority(LibC.PRIO_PROCESS, thread, this.low);
		}
		if (this.idle && (nice == this.usual || nice == this.low)) {
			schedule(thread, LibC.SCHED_OTHER, LibC.SCHED_IDLE);
		}
	}

	/**
	 * Let threads that run only where a processor has nothing else to do run among others
	 * again, with the nice value that they have.
	 * @return whether there were any
	 */
	public synchronized boolean leaveIdle() {
		boolean wasIdle = this.idle;
		if (wasIdle) {
			this.idle = false;
			change((thread) -> schedule(thread, LibC.SCHED_IDLE, LibC.SCHED_OTHER));
		}
		return wasIdle;
	}

	/**
	 * Lower the threads that compile.
	 */
	public synchronized void lowerCompilers() {
		change((thread) -> move(thread, this.usual, this.low, KernelThreads::compiles));
	}

	/**
	 * Raise the threads that were lowered, but for those that compile.
	 */
	public void raiseAllButCompilers() {
		raise((thread) -> !KernelThreads.compiles(thread));
	}

	/**
	 * Raise the threads that were lowered, but for those that compile and the calling
	 * one.
	 */
	public void raiseOthersButCompilers() {
		int caller = KernelThreads.caller();
		raise((thread) -> thread != caller && !KernelThreads.compiles(thread));
	}

	/**
	 * Lower the calling thread, and with it the threads and processes that it starts.
	 */
	public void lowerCaller() {
		change(0, (thread) -> move(thread, this.usual, this.low, (caller) -> true));
	}

	/**
	 * Raise the calling thread, if it was lowered.
	 */
	public void raiseCaller() {
		change(0, (thread) -> move(thread, this.low, this.usual, (caller) -> true));
	}

	/**
	 * Raise every thread that was lowered.
	 */
	public void raise() {
		raise((thread) -> true);
	}

	private synchronized void raise(IntPredicate which) {
		change((thread) -> raise(thread, which));
	}

	private void raise(int thread, IntPredicate which) {
		boolean isLow = nice(thread) == this.low;
		boolean isIdle = this.idle && this.libc.sched_getscheduler(thread) == LibC.SCHED_IDLE;
		if ((isLow || isIdle) && which.test(thread)) {
			if (isIdle) {
				this.libc.sched_setscheduler(thread, LibC.SCHED_OTHER, new int[1]);
			}
			if (isLow) {
				this.libc.setpriority(LibC.PRIO_PROCESS, thread, this.usual);
			}
		}
	}

	private void move(int thread, int from, int to, IntPredicate which) {
		if (nice(thread) == from && which.test(thread)) {
			this.libc.setpriority(LibC.PRIO_PROCESS, thread, to);
		}
	}

	private void schedule(int thread, int from, int to) {
		if (this.libc.sched_getscheduler(thread) == from) {
			this.libc.sched_setscheduler(thread, to, new int[1]);
		}
	}

	/**
	 * Change every thread, and those that one has started before it was changed itself.
	 */
	private static void change(IntConsumer change) {
		Set<Integer> known = new HashSet<>();
		for (int pass = 0; pass < PASSES; pass++) {
			List<Integer> unknown = KernelThreads.all().stream().filter(known::add).toList();
			unknown.forEach((thread) -> change(thread, change));
			if (unknown.isEmpty()) {
				return;
			}
		}
	}

	private static void change(int thread, IntConsumer change) {
		try {
			change.accept(thread);
		}
		catch (LastErrorException ex) {
			logger.trace("The thread {} has ended", thread, ex);
		}
	}

	private int nice(int thread) {
		return this.libc.getpriority(LibC.PRIO_PROCESS, thread);
	}

	/**
	 * Say how threads are lowered.
	 */
	@Override
	public String toString() {
		return "nice " + this.low + (this.mayIdle ? ", SCHED_IDLE" : "");
	}

}
