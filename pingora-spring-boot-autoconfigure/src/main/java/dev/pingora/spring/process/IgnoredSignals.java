package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals that this process was started to ignore, as a shell does with SIGINT for
 * {@code nohup … &}. The JVM silently leaves them so, whoever wants to handle them.
 */
final class IgnoredSignals {

	private static final Logger logger = LoggerFactory.getLogger(IgnoredSignals.class);

	private static final Path STATUS = Path.of("/proc/self/status");

	private static final String MASK = "SigIgn:";

	private IgnoredSignals() {
	}

	static boolean isIgnored(String name) {
		try {
			return Files.readAllLines(STATUS)
				.stream()
				.filter((line) -> line.startsWith(MASK))
				.map((line) -> Long.parseUnsignedLong(line.substring(MASK.length()).strip(), 16))
				.anyMatch((mask) -> (mask & bit(new JvmSignal(name).number())) != 0);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static long bit(int number) {
		return 1L << (number - 1);
	}

	/**
	 * Call {@code signal(number, SIG_DFL)}.
	 */
	static void restoreDefault(String name) {
		try {
			Function signal = NativeLibrary.getProcess().getFunction("signal");
			signal.invokePointer(new Object[] { new JvmSignal(name).number(), Pointer.NULL });
		}
		catch (LinkageError ex) {
			logger.warn("SIG{} stays ignored, as it was when this process started: {}", name, ex.getMessage());
		}
	}

}
