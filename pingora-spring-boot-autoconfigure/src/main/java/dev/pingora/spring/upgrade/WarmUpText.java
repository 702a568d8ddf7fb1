package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long a warm-up took, as a word of the PREPARED that ends it.
 */
final class WarmUpText {

	private static final Pattern WORD = Pattern.compile("(?:.* )?warm-up=(\\d{1,18})(?: .*)?");

	private WarmUpText() {
	}

	static String of(Duration time) {
		return time.isZero() ? "" : "warm-up=" + time.toNanos();
	}

	/**
	 * Read a line, in which a process of an earlier version does not say it.
	 */
	static Duration parse(String text) {
		Matcher matcher = WORD.matcher(text);
		return matcher.matches() ? Duration.ofNanos(Long.parseLong(matcher.group(1))) : Duration.ZERO;
	}

}
