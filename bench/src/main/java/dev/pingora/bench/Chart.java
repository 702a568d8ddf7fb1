package dev.pingora.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * Latency over time as a picture: one panel for each result, on a logarithmic scale, with
 * the median, the 99th percentile and the worst of each tenth of a second, and a red mark
 * for each in which requests failed.
 */
final class Chart {

	private static final int LEFT = 60;

	private static final int WIDTH = 840;

	private static final int PANEL = 130;

	private static final int GAP = 34;

	private static final double FROM = -10;

	private static final double TO = 11;

	private static final double STEP = 0.1;

	private static final double LEAST_MILLIS = 0.1;

	private static final double DECADES = 5;

	private final StringBuilder svg = new StringBuilder();

	private Chart() {
	}

	static String of(List<Result> results, String caption) {
		Chart chart = new Chart();
		int height = GAP * 2 + results.size() * (PANEL + GAP);
		chart.add(
				"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
						+ "font-size=\"11\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
				LEFT + WIDTH + 20, height);
		chart.text(LEFT, 16, caption);
		for (int i = 0; i < results.size(); i++) {
			chart.panel(results.get(i), GAP * 2 + i * (PANEL + GAP));
		}
		chart.text(LEFT, height - 6,
				"seconds since a new process first answered; per 0.1 s: median (blue), p99 (orange), "
						+ "worst (grey dots), failures (red), begin of the upgrade (dashed)");
		return chart.svg.append("</svg>\n").toString();
	}

	private void panel(Result result, int top) {
		Run run = result.runs().get(result.runs().size() - 1);
		text(LEFT, top - 5,
				"%s, the last of %d: %d failed".formatted(result.title(), result.runs().size(), run.failed()));
		for (int decade = 0; decade <= DECADES; decade++) {
			double millis = LEAST_MILLIS * Math.pow(10, decade);
			double y = y(millis, top);
			line(LEFT, y, LEFT + WIDTH, y, "#dddddd", "");
			text(4, y + 4, "%s ms".formatted((millis < 1) ? "0.1" : Integer.toString((int) millis)));
		}
		for (int second = (int) FROM; second <= TO; second += 2) {
			text(x(second) - 4, top + PANEL + 12, Integer.toString(second));
		}
		line(x(0), top, x(0), top + PANEL, "#555555", "");
		double begun = seconds(run.begun() - run.taken());
		if (begun > FROM) {
			line(x(begun), top, x(begun), top + PANEL, "#555555", " stroke-dasharray=\"4 3\"");
		}
		latencies(run, top);
	}

	private void latencies(Run run, int top) {
		List<String> median = new ArrayList<>();
		List<String> high = new ArrayList<>();
		for (double from = FROM; from < TO; from += STEP) {
			Histogram latency = new Histogram(3);
			double begin = from;
			List<Run.Request> due = run.requests().stream().filter((request) -> {
				double second = seconds(request.due() - run.taken());
				return second >= begin && second < begin + STEP;
			}).toList();
			due.stream()
				.filter((request) -> !request.failed())
				.forEach((request) -> latency.recordValue(request.nanos()));
			double x = x(from + STEP / 2);
			if (due.stream().anyMatch(Run.Request::failed)) {
				line(x, top + PANEL - 8, x, top + PANEL, "#dd0000", " stroke-width=\"3\"");
			}
			if (latency.getTotalCount() == 0) {
				endLines(median, high);
			}
			else {
				median.add(point(x, latency.getValueAtPercentile(50), top));
				high.add(point(x, latency.getValueAtPercentile(99), top));
				add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.3\" fill=\"#999999\"/>%n", x,
						y(latency.getMaxValue() / 1e6, top));
			}
		}
		endLines(median, high);
	}

	/**
	 * Draw what has been collected, so that a time without an answer is a gap.
	 */
	private void endLines(List<String> median, List<String> high) {
		polyline(median, "#1f77b4");
		polyline(high, "#ff7f0e");
		median.clear();
		high.clear();
	}

	private static String point(double x, long nanos, int top) {
		return String.format(Locale.ROOT, "%.1f,%.1f", x, y(nanos / 1e6, top));
	}

	private void polyline(List<String> points, String colour) {
		add("<polyline fill=\"none\" stroke=\"%s\" points=\"%s\"/>%n", colour, String.join(" ", points));
	}

	private void line(double x1, double y1, double x2, double y2, String colour, String more) {
		add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>%n", x1, y1, x2, y2, colour, more);
	}

	private void text(double x, double y, String text) {
		add("<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", x, y, text.replace("&", "&amp;").replace("<", "&lt;"));
	}

	private void add(String format, Object... values) {
		this.svg.append(String.format(Locale.ROOT, format, values));
	}

	private static double seconds(long nanos) {
		return (double) nanos / TimeUnit.SECONDS.toNanos(1);
	}

	private static double x(double second) {
		return LEFT + (second - FROM) / (TO - FROM) * WIDTH;
	}

	private static double y(double millis, int top) {
		double decade = Math.log10(Math.max(millis, LEAST_MILLIS) / LEAST_MILLIS);
		return top + PANEL - Math.min(decade, DECADES) / DECADES * PANEL;
	}

}
