package dev.pingora.spring.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What matters of the output of a candidate: the findings below their heading, what
 * follows the heading of a failure, or else the last lines.
 */
final class CandidateFindings {

	private static final Pattern VALID = Pattern.compile("The configuration of .* is valid:");

	private static final String FAILED = "APPLICATION FAILED TO START";

	private static final String INDENTED = "  ";

	private static final int BYTES = 64 * 1024;

	private static final int LINES = 100;

	private CandidateFindings() {
	}

	static List<String> in(Path output) {
		try (RandomAccessFile file = new RandomAccessFile(output.toFile(), "r")) {
			file.seek(Math.max(0, file.length() - BYTES));
			byte[] end = new byte[(int) (file.length() - file.getFilePointer())];
			file.readFully(end);
			return in(new String(end, StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			return List.of("The output of the candidate cannot be read: " + ex.getMessage());
		}
	}

	static List<String> in(String output) {
		List<String> lines = output.lines().filter(CandidateFindings::says).toList();
		for (int i = lines.size() - 1; i >= 0; i--) {
			List<String> after = lines.subList(i + 1, lines.size());
			if (VALID.matcher(lines.get(i)).matches()) {
				return stripped(after.stream().takeWhile((line) -> line.startsWith(INDENTED)));
			}
			if (lines.get(i).equals(FAILED)) {
				return stripped(after.stream());
			}
		}
		return stripped(lines.stream().skip(Math.max(0, lines.size() - LINES)));
	}

	private static List<String> stripped(Stream<String> lines) {
		return lines.limit(LINES).map(String::strip).toList();
	}

	private static boolean says(String line) {
		return !line.isBlank() && !line.matches("\\*+");
	}

}
