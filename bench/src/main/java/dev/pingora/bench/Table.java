package dev.pingora.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import org.HdrHistogram.Histogram;

/**
 * The results as a table in Markdown, in milliseconds: of each figure the median over the
 * upgrades, and of the last one the least and the greatest too.
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
			String title = "%s, %d times".formatted(result.title(), result.runs().size());
			row(table, result, title, Long.toString(result.failed()), "before", Run::before);
			row(table, result, "", "", "while it starts", Run::starting);
			row(table, result, "", "", "first second", Run::firstSecond);
			row(table, result, "", "", "first 10 s", Run::firstTenSeconds);
		}
		return table.toString();
	}

	private static void row(StringBuilder table, Result result, String title, String failed, String time,
			Function<Run, Histogram> part) {
		long requests = result.runs().stream().map(part).mapToLong(Histogram::getTotalCount).sum();
		if (requests == 0) {
			table.append("| %s | %s | %s | 0 | – | – | – | – | – |%n".formatted(title, failed, time));
			return;
		}
		table.append("| %s | %s | %s | %d | %s | %s | %s | %s | %s |%n".formatted(title, failed, time, requests,
				millis(result, part, 50), millis(result, part, 99), millis(result, part, 99.9),
				millis(result, part, 100), ratio(result, part)));
	}

	private static String millis(Result result, Function<Run, Histogram> part, double percentile) {
		return number(result.median((run) -> part.apply(run).getValueAtPercentile(percentile) / MILLI));
	}

	private static String ratio(Result result, Function<Run, Histogram> part) {
		ToDoubleFunction<Run> ratio = (run) -> (double) p99(part.apply(run)) / p99(run.before());
		String median = number(result.median(ratio));
		return (result.runs().size() == 1) ? median
				: "%s (%s to %s)".formatted(median, number(result.least(ratio)), number(result.greatest(ratio)));
	}

	private static long p99(Histogram latency) {
		return latency.getValueAtPercentile(99);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, (value < 100) ? "%.2f" : "%.0f", value);
	}

}
