package dev.pingora.spring.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of this process, with an exit code that a supervisor understands.
 */
public final class Exit {

	/**
	 * The exit code after SIGINT, as any JVM has it.
	 */
	public static final int INTERRUPTED = 130;

	/**
	 * The exit code after SIGTERM, as any JVM has it.
	 */
	public static final int TERMINATED = 143;

	private static final AtomicBoolean exiting = new AtomicBoolean();

	private Exit() {
	}

	/**
	 * End the JVM with its shutdown hooks.
	 * @param code the exit code
	 */
	public static void orderly(int code) {
		exiting.set(true);
		System.exit(code);
	}

	/**
	 * End the JVM, with its shutdown hooks as long as these take no longer than a limit.
	 * Where they run already, end it at once.
	 * @param code the exit code
	 * @param limit the time that the shutdown hooks have
	 */
	public static void atOnce(int code, Duration limit) {
		if (exiting.getAndSet(true) || limit.isZero()) {
			Runtime.getRuntime().halt(code);
		}
		Thread watchdog = new Thread(() -> haltAfter(code, limit), "pingora-exit");
		watchdog.setDaemon(true);
		watchdog.start();
		System.exit(code);
	}

	private static void haltAfter(int code, Duration limit) {
		try {
			// Nothing counts this down: the JVM ends first, or the time is over.
			new CountDownLatch(1).await(limit.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Runtime.getRuntime().halt(code);
	}

}
