package dev.pingora.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What the figures were measured on.
 */
final class Machine {

	private Machine() {
	}

	static String describe() {
		return "%s, %d processors (%s), %s %s, JDK %s (%s)".formatted(LocalDate.now(ZoneOffset.UTC),
				Runtime.getRuntime().availableProcessors(), processor(), System.getProperty("os.name"),
				System.getProperty("os.version"), Runtime.version(), System.getProperty("java.vendor"));
	}

	private static String processor() {
		try {
			return Files.readString(Path.of("/proc/cpuinfo"))
				.lines()
				.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown");
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

}
