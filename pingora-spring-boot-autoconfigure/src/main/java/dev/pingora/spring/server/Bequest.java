package dev.pingora.spring.server;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a predecessor tells its successor besides the sockets, as words of a line: the
 * upgrades that it knows of, and counts.
 *
 * @param upgrades the upgrades, the earliest first
 * @param counts the counts by name
 */
record Bequest(List<UpgradeReport> upgrades, Map<String, Long> counts) {

	private static final String UPGRADE = "upgrade:";

	private static final String COUNT = "count:";

	static final Bequest NONE = new Bequest(List.of(), Map.of());

	/**
	 * Read a line. Words of a later version that this one does not know are left out.
	 */
	static Bequest parse(String text) {
		List<UpgradeReport> upgrades = new ArrayList<>();
		Map<String, Long> counts = new TreeMap<>();
		for (String word : text.split(" ")) {
			if (word.startsWith(UPGRADE)) {
				upgrades.addAll(UpgradeReportText.parse(word.substring(UPGRADE.length())));
			}
			else if (word.startsWith(COUNT)) {
				parseCount(word.substring(COUNT.length()), counts);
			}
		}
		return new Bequest(List.copyOf(upgrades), counts);
	}

	private static void parseCount(String word, Map<String, Long> counts) {
		int equals = word.lastIndexOf('=');
		String number = word.substring(equals + 1);
		if (equals > 0 && number.matches("\\d{1,18}")) {
			counts.put(URLDecoder.decode(word.substring(0, equals), StandardCharsets.UTF_8), Long.parseLong(number));
		}
	}

	String text() {
		Stream<String> upgradeWords = this.upgrades.stream().map((upgrade) -> UPGRADE + UpgradeReportText.of(upgrade));
		Stream<String> countWords = this.counts.entrySet()
			.stream()
			.map((count) -> COUNT + URLEncoder.encode(count.getKey(), StandardCharsets.UTF_8) + "=" + count.getValue());
		return Stream.concat(upgradeWords, countWords).collect(Collectors.joining(" "));
	}

}
