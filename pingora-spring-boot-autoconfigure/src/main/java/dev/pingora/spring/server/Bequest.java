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

import dev.pingora.spring.listen.SeenRequest;

/**
 * What a predecessor tells its successor besides the sockets, as words of a line: the
 * upgrades that it knows of, counts, and what it was asked most.
 *
 * @param upgrades the upgrades, the earliest first
 * @param counts the counts by name
 * @param seen the most frequent requests by service
 */
record Bequest(List<UpgradeReport> upgrades, Map<String, Long> counts, Map<String, List<SeenRequest>> seen) {

	private static final String UPGRADE = "upgrade:";

	private static final String COUNT = "count:";

	static final Bequest NONE = new Bequest(List.of(), Map.of());

	Bequest(List<UpgradeReport> upgrades, Map<String, Long> counts) {
		this(upgrades, counts, Map.of());
	}

	/**
	 * Read a line. Words of a later version that this one does not know are left out.
	 */
	static Bequest parse(String text) {
		List<UpgradeReport> upgrades = new ArrayList<>();
		Map<String, Long> counts = new TreeMap<>();
		Map<String, List<SeenRequest>> seen = new TreeMap<>();
		for (String word : text.split(" ")) {
			if (word.startsWith(UPGRADE)) {
				upgrades.addAll(UpgradeReportText.parse(word.substring(UPGRADE.length())));
			}
			else if (word.startsWith(COUNT)) {
				parseCount(word.substring(COUNT.length()), counts);
			}
			else if (word.startsWith(SeenRequestText.PREFIX)) {
				SeenRequestText.parse(word, seen);
			}
		}
		return new Bequest(List.copyOf(upgrades), counts, seen);
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
		Stream<String> seenWords = SeenRequestText.of(this.seen).stream();
		return Stream.of(upgradeWords, countWords, seenWords)
			.flatMap((words) -> words)
			.collect(Collectors.joining(" "));
	}

}
