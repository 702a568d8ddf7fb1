package dev.pingora.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

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
			List<Histogram> before = each(result, Run::before);
			row(table, title, Long.toString(result.failed()), "before", before, before);
			row(table, "", "", "its worst second", each(result, Run::worstSecondBefore), before);
			row(table, "", "", "while it starts", each(result, Run::starting), before);
			row(table, "", "", "first second", each(result, Run::firstSecond), before);
			row(table, "", "", "first 10 s", each(result, Run::firstTenSeconds), before);
		}
		return table.toString();
	}

	private static List<Histogram> each(Result result, Function<Run, Histogram> part) {
		return result.runs().stream().map(part).toList();
	}

	private static void row(StringBuilder table, String title, String failed, String time, List<Histogram> latencies,
			List<Histogram> before) {
		long requests = latencies.stream().mapToLong(Histogram::getTotalCount).sum();
		if (requests == 0) {
			table.append("| %s | %s | %s | 0 | – | – | – | – | – |%n".formatted(title, failed, time));
			return;
		}
		table.append("| %s | %s | %s | %d | %s | %s | %s | %s | %s |%n".formatted(title, failed, time, requests,
				millis(latencies, 50), millis(latencies, 99), millis(latencies, 99.9), millis(latencies, 100),
				ratio(latencies, before)));
	}

	private static String millis(List<Histogram> latencies, double percentile) {
		return number(median(latencies.stream()
			.map((latency) -> latency.getValueAtPercentile(percentile) / MILLI)
			.sorted()
			.toList()));
	}

	private static String ratio(List<Histogram> latencies, List<Histogram> before) {
		List<Double> ratios = IntStream.range(0, latencies.size())
			.mapToObj((i) -> (double) p99(latencies.get(i)) / p99(before.get(i)))
			.sorted()
			.toList();
		String median = number(median(ratios));
		return (ratios.size() == 1) ? median
				: "%s (%s to %s)".formatted(median, number(ratios.get(0)), number(ratios.get(ratios.size() - 1)));
	}

	/**
	 * Return the median of sorted values; of an even number, the greater of the two.
	 */
	private static double median(List<Double> sorted) {
		return sorted.get(sorted.size() / 2);
	}

	private static long p99(Histogram latency) {
		return latency.getValueAtPercentile(99);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, (value < 100) ? "%.2f" : "%.0f", value);
	}

}
