package dev.pingora.sample;

import java.time.Duration;
import java.util.Collection;

/**
 * What came of a fault.
 *
 * @param what the fault
 * @param served how many requests were served meanwhile
 * @param cut how many were lost with a process that had accepted them and was killed
 * @param time how long it took
 */
record FaultRow(Case what, long served, long cut, Duration time) {

	static String table(Collection<FaultRow> rows) {
		StringBuilder table = new StringBuilder("""
				| process | fault | at | what happens | exit codes | served | cut off | s |
				|---|---|---|---|---|---|---|---|
				""");
		rows.forEach((row) -> table.append("| %s | %s | %s | %s | %s | %d | %d | %.1f |%n".formatted(row.what.process(),
				row.what.fault(), row.what.step(), row.what.outcome(), row.what.exits(), row.served, row.cut,
				row.time.toMillis() / 1000.0)));
		return table.toString();
	}

	/**
	 * A fault and how it is survived.
	 *
	 * @param process the process that it happens to
	 * @param fault what happens
	 * @param step when
	 * @param outcome what comes of it
	 * @param exits the exit codes
	 */
	record Case(String process, String fault, String step, String outcome, String exits) {

		static final Case NONE = new Case("", "", "", "", "");

	}

}
