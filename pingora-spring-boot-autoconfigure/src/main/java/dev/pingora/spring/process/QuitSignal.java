package dev.pingora.spring.process;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGQUIT, which the JVM keeps for its thread dump: {@code sun.misc.Signal} refuses it.
 * This process hears of the dump instead, through JVMTI or else through Flight Recorder,
 * and subscribes only once.
 */
final class QuitSignal {

	private static final Logger logger = LoggerFactory.getLogger(QuitSignal.class);

	private static final AtomicReference<@Nullable Runnable> action = new AtomicReference<>();

	private static boolean subscribed;

	private QuitSignal() {
	}

	/**
	 * Run an action at every SIGQUIT, instead of the one before.
	 * @return takes the action away again
	 */
	static synchronized Runnable handle(Runnable newAction) {
		action.set(newAction);
		if (!subscribed) {
			subscribe();
			subscribed = true;
		}
		return () -> action.compareAndSet(newAction, null);
	}

	private static void subscribe() {
		try {
			DataDumpRequest.subscribe(QuitSignal::received);
		}
		catch (LinkageError | RuntimeException ex) {
			logger.info("SIGQUIT is heard through Flight Recorder, because JVMTI is not available: {}",
					ex.getMessage());
			ThreadDumpRecording.subscribe(QuitSignal::received);
		}
	}

	private static void received() {
		Runnable current = action.get();
		if (current != null) {
			current.run();
		}
	}

}
