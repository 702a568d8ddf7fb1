package dev.pingora.spring.server;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link UpgradeReport} as one word, for the line that a successor reads.
 */
final class UpgradeReportText {

	private static final Logger logger = LoggerFactory.getLogger(UpgradeReportText.class);

	private static final int LONGEST_REASON = 300;

	private UpgradeReportText() {
	}

	static String of(UpgradeReport report) {
		List<String> fields = new ArrayList<>();
		fields.add("begun=" + report.begun().toEpochMilli());
		fields.add("nanos=" + report.duration().toNanos());
		fields.add("outcome=" + report.outcome());
		fields.add("generation=" + report.generation());
		fields.add("predecessor=" + report.predecessor());
		fields.add("sockets=" + report.sockets());
		if (report.successor() != null) {
			fields.add("successor=" + report.successor());
		}
		if (report.reason() != null) {
			fields.add("reason=" + URLEncoder.encode(shortened(report.reason()), StandardCharsets.UTF_8));
		}
		report.steps().forEach((step, time) -> fields.add(step + "=" + time.toNanos()));
		return String.join("&", fields);
	}

	private static String shortened(String reason) {
		return (reason.length() > LONGEST_REASON) ? reason.substring(0, LONGEST_REASON) + "…" : reason;
	}

	/**
	 * Read a word.
	 * @return the report, or none where another version wrote what this one cannot read
	 */
	static List<UpgradeReport> parse(String word) {
		try {
			Map<String, String> fields = new HashMap<>();
			for (String field : word.split("&")) {
				int equals = field.indexOf('=');
				fields.put(field.substring(0, equals), field.substring(equals + 1));
			}
			return List.of(report(fields));
		}
		catch (IllegalArgumentException | IndexOutOfBoundsException ex) {
			logger.debug("The predecessor's report of an upgrade cannot be read: '{}'", word, ex);
			return List.of();
		}
	}

	private static UpgradeReport report(Map<String, String> fields) {
		String successor = fields.get("successor");
		String reason = fields.get("reason");
		return new UpgradeReport(Instant.ofEpochMilli(number(fields.get("begun"))),
				Duration.ofNanos(number(fields.get("nanos"))),
				UpgradeOutcome.valueOf(fields.getOrDefault("outcome", "")), decoded(reason),
				(int) number(fields.get("generation")), number(fields.get("predecessor")),
				(successor != null) ? (Long) number(successor) : null, (int) number(fields.get("sockets")),
				steps(fields));
	}

	private static @Nullable String decoded(@Nullable String text) {
		return (text != null) ? URLDecoder.decode(text, StandardCharsets.UTF_8) : null;
	}

	private static Map<UpgradeStep, Duration> steps(Map<String, String> fields) {
		Map<UpgradeStep, Duration> steps = new EnumMap<>(UpgradeStep.class);
		for (UpgradeStep step : UpgradeStep.values()) {
			String nanos = fields.get(step.name());
			if (nanos != null) {
				steps.put(step, Duration.ofNanos(number(nanos)));
			}
		}
		return steps;
	}

	private static long number(@Nullable String text) {
		return Long.parseLong(String.valueOf(text));
	}

}
