package dev.pingora.spring.process;

import com.sun.jna.LastErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread that does nothing else could take back when it had lowered itself.
 *
 * @param nice whether a nice value
 * @param idle whether the policy {@code SCHED_IDLE}, which musl does not know
 */
record PrecedenceTrial(boolean nice, boolean idle) {

	private static final Logger logger = LoggerFactory.getLogger(PrecedenceTrial.class);

	static PrecedenceTrial run(LibC libc, int usual, int low) {
		boolean[] nice = new boolean[1];
		boolean[] idle = new boolean[1];
		Thread thread = new Thread(() -> {
			nice[0] = isDone(() -> {
				libc.setpriority(LibC.PRIO_PROCESS, 0, low);
				libc.setpriority(LibC.PRIO_PROCESS, 0, usual);
			});
			idle[0] = isDone(() -> {
				libc.sched_setscheduler(0, LibC.SCHED_IDLE, new int[1]);
				libc.sched_setscheduler(0, LibC.SCHED_OTHER, new int[1]);
			});
		}, "pingora-precedence");
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new PrecedenceTrial(false, false);
		}
		return new PrecedenceTrial(nice[0], idle[0]);
	}

	private static boolean isDone(Runnable trial) {
		try {
			trial.run();
			return true;
		}
		catch (LastErrorException ex) {
			logger.debug("A thread cannot be lowered and raised again", ex);
			return false;
		}
	}

}
