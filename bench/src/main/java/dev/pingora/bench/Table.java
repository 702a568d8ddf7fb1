package dev.pingora.bench;

import java.util.List;
import java.util.Locale;

import org.HdrHistogram.Histogram;

/**
 * The results as a table in Markdown, in milliseconds.
 */
final class Table {

	private static final double MILLI = 1_000_000;

	private Table() {
	}

	static String of(List<Result> results) {
		StringBuilder table = new StringBuilder();
		table.append("| server | failed | time | requests | p50 | p99 | p99.9 | max | p99 ÷ before |\n");
		table.append("|---|---|---|---|---|---|---|---|---|\n");
		for (Result result : results) {
			long before = p99(result.before());
			row(table, result.title(), Long.toString(result.failed()), "before", result.before(), before);
			row(table, "", "", "while it starts", result.starting(), before);
			row(table, "", "", "first second", result.firstSecond(), before);
			row(table, "", "", "first 10 s", result.firstTenSeconds(), before);
		}
		return table.toString();
	}

	private static void row(StringBuilder table, String title, String failed, String time, Histogram latency,
			long before) {
		if (latency.getTotalCount() == 0) {
			table.append("| %s | %s | %s | 0 | – | – | – | – | – |%n".formatted(title, failed, time));
			return;
		}
		table.append("| %s | %s | %s | %d | %s | %s | %s | %s | %s |%n".formatted(title, failed, time,
				latency.getTotalCount(), millis(latency.getValueAtPercentile(50)), millis(p99(latency)),
				millis(latency.getValueAtPercentile(99.9)), millis(latency.getMaxValue()),
				number((double) p99(latency) / before)));
	}

	private static long p99(Histogram latency) {
		return latency.getValueAtPercentile(99);
	}

	private static String millis(long nanos) {
		return number(nanos / MILLI);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, (value < 100) ? "%.2f" : "%.0f", value);
	}

}
