package dev.pingora.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a run measures.
 *
 * @param rate the requests in a second, or 0 for half of the capacity
 * @param seconds how long the load lasts before the upgrade begins, and after a new
 * process has answered
 * @param warmUp how many seconds of load each process gets before anything is measured
 * @param upgrades how many upgrades are measured of each contender
 * @param contenders the names of those to measure
 * @param out where the table and the picture go
 * @param servers further arguments of our servers
 */
record Options(int rate, int seconds, int warmUp, int upgrades, List<String> contenders, Path out,
		List<String> servers) {

	private static final Map<String, String> DEFAULTS = Map.of("rate", "0", "seconds", "12", "warm-up", "15",
			"upgrades", "3", "contenders", "cold,default,plain,nginx,haproxy", "out", "bench/target", "servers", "");

	static Options parse(String[] args) {
		Map<String, String> values = new HashMap<>(DEFAULTS);
		for (String arg : args) {
			String[] option = arg.split("=", 2);
			if (!arg.startsWith("--") || option.length < 2 || !DEFAULTS.containsKey(option[0].substring(2))) {
				throw new IllegalArgumentException("Unknown option '%s'; see bench/README.md".formatted(arg));
			}
			values.put(option[0].substring(2), option[1]);
		}
		return new Options(Integer.parseInt(value(values, "rate")), Integer.parseInt(value(values, "seconds")),
				Integer.parseInt(value(values, "warm-up")), Integer.parseInt(value(values, "upgrades")),
				List.of(value(values, "contenders").split(",")), Path.of(value(values, "out")),
				words(value(values, "servers")));
	}

	private static String value(Map<String, String> values, String name) {
		return Objects.requireNonNull(values.get(name));
	}

	private static List<String> words(String text) {
		return text.isBlank() ? List.of() : List.of(text.split(" "));
	}

}
