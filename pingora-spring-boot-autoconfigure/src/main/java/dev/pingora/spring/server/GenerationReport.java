package dev.pingora.spring.server;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One of the processes that are alive.
 *
 * @param generation its generation
 * @param pid its process id
 * @param phase its phase
 * @param active how many connections it has
 * @param busy how many of them have an exchange that is not finished
 * @param successor the process that it hands over to, or has handed over to
 */
public record GenerationReport(int generation, long pid, String phase, int active, int busy, @Nullable Long successor) {

	private static final Pattern TEXT = Pattern.compile(
			"generation=(\\d{1,9}) pid=(\\d{1,18}) phase=(\\w+) active=(\\d{1,9}) busy=(\\d{1,9})(?: successor=(\\d{1,18}))?(?: .*)?");

	/**
	 * Read a line.
	 * @return the report, or none where the line is of another version
	 */
	static List<GenerationReport> parse(String line) {
		Matcher matcher = TEXT.matcher(line);
		if (!matcher.matches()) {
			return List.of();
		}
		Long successor = (matcher.group(6) != null) ? Long.valueOf(matcher.group(6)) : null;
		return List.of(new GenerationReport(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)),
				matcher.group(3), Integer.parseInt(matcher.group(4)), Integer.parseInt(matcher.group(5)), successor));
	}

	String line() {
		return "generation=%d pid=%d phase=%s active=%d busy=%d%s".formatted(this.generation, this.pid, this.phase,
				this.active, this.busy, (this.successor != null) ? " successor=" + this.successor : "");
	}

}
