package dev.pingora.broken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * What goes wrong in a process at the moment at which the server is about to log a
 * certain line, on the thread that logs it. A file says what and where, in a line such as
 * {@code KILL Sent PREPARED}, and may be written while the process runs.
 */
public class Fault extends TurboFilter {

	private static final String PRODUCT = "dev.pingora.spring";

	/** How long a thread that is not needed for the exit is held. */
	private static final long HOLD_MILLIS = 1500;

	private static final Path FILE = Path.of(System.getProperty("fault.file", "/nonexistent"));

	private static volatile CountDownLatch phase = new CountDownLatch(1);

	@Override
	public FilterReply decide(Marker marker, Logger logger, Level level, String format, Object[] arguments,
			Throwable thrown) {
		if (format != null && logger.getName().startsWith(PRODUCT)) {
			if (format.startsWith("Phase ")) {
				phase.countDown();
			}
			if (Files.exists(FILE)) {
				strikeAt(MessageFormatter.arrayFormat(format, arguments).getMessage());
			}
		}
		return FilterReply.NEUTRAL;
	}

	private static synchronized void strikeAt(String message) {
		String line = take(message);
		if (line != null) {
			System.out.println("Fault: " + line);
			strike(line.substring(0, line.indexOf(' ')));
		}
	}

	/**
	 * Return what is asked for, once.
	 */
	private static String take(String message) {
		try {
			String line = Files.readString(FILE);
			if (Pattern.compile(line.substring(line.indexOf(' ') + 1)).matcher(message).find()) {
				Files.delete(FILE);
				return line;
			}
		}
		catch (IOException ex) {
			// another thread was first
		}
		return null;
	}

	private static void strike(String what) {
		switch (what) {
			case "KILL", "STOP" -> kill(what);
			case "MEMORY" -> exhaustMemory();
			case "EXIT" -> exit();
			default -> throw new IllegalStateException("a fault of this process");
		}
	}

	private static void kill(String signal) {
		try {
			new ProcessBuilder("kill", "-" + signal, Long.toString(ProcessHandle.current().pid())).start().waitFor();
			if (signal.equals("KILL")) {
				new CountDownLatch(1).await();
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void exhaustMemory() {
		List<long[]> all = new ArrayList<>();
		while (all.size() < Integer.MAX_VALUE) {
			all.add(new long[16 * 1024 * 1024]);
		}
	}

	/**
	 * Exit on another thread, and go on when the server has changed its phase for that,
	 * or waits for this thread.
	 */
	private static void exit() {
		phase = new CountDownLatch(1);
		new Thread(() -> System.exit(3)).start();
		try {
			phase.await(HOLD_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
