package dev.pingora.spring.process;

import java.time.Duration;

import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;

/**
 * Hears of SIGQUIT where no native code can be loaded: Flight Recorder sees the signal
 * thread print the threads, up to a second later.
 */
final class ThreadDumpRecording {

	private static final String EVENT = "jdk.ExecuteVMOperation";

	private ThreadDumpRecording() {
	}

	@SuppressWarnings("resource") // lives as long as the JVM
	static void subscribe(Runnable action) {
		RecordingStream stream = new RecordingStream();
		stream.enable(EVENT).withThreshold(Duration.ZERO);
		stream.setMaxAge(Duration.ofSeconds(10));
		stream.onEvent(EVENT, (event) -> {
			if (isThreadDump(event)) {
				action.run();
			}
		});
		stream.startAsync();
	}

	private static boolean isThreadDump(RecordedEvent event) {
		RecordedThread caller = event.getThread("caller");
		return "PrintThreads".equals(event.getString("operation")) && caller != null
				&& "Signal Dispatcher".equals(caller.getJavaName());
	}

}
