package dev.pingora.spring.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What matters of the output of a candidate: what follows the heading of its findings or
 * of its failure, or else its last lines.
 */
final class CandidateFindings {

	private static final Pattern HEADING = Pattern
		.compile("The configuration of .* is valid:|APPLICATION FAILED TO START");

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
		List<String> lines = output.lines().map(String::strip).filter(CandidateFindings::says).toList();
		for (int i = lines.size() - 1; i >= 0; i--) {
			if (HEADING.matcher(lines.get(i)).matches()) {
				List<String> after = lines.subList(i + 1, lines.size());
				return List.copyOf(after.subList(0, Math.min(LINES, after.size())));
			}
		}
		return List.copyOf(lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
	}

	private static boolean says(String line) {
		return !line.isEmpty() && !line.matches("\\*+");
	}

}
