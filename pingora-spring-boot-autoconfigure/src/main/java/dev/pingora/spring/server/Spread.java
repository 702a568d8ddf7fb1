package dev.pingora.spring.server;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How traffic goes over from a predecessor to its successor: over a span, in which the
 * successor's share grows from nothing to all.
 *
 * @param span how long it takes; nothing where it goes over at once
 * @param turn how long either accepts at a time, before it may be the other's turn
 */
record Spread(Duration span, Duration turn) {

	static final Spread AT_ONCE = new Spread(Duration.ZERO, Duration.ZERO);

	private static final Pattern WORD = Pattern.compile("(?:.* )?spread:(\\d{1,9})/(\\d{1,9})(?: .*)?");

	private static final int TURN_MILLIS = 20;

	private static final int LONGEST_TURN_MILLIS = 500;

	/**
	 * Return a spread over a span. Where there are many listeners a turn is longer,
	 * because the door of each opens or closes in every turn.
	 */
	static Spread over(Duration span, int listeners) {
		int turn = Math.min(Math.max(TURN_MILLIS, listeners), LONGEST_TURN_MILLIS);
		return new Spread(span, Duration.ofMillis(turn));
	}

	/**
	 * Find what a predecessor says of it in a line. One that says nothing hands
	 * everything over at once.
	 */
	static Spread parse(String line) {
		Matcher matcher = WORD.matcher(line);
		if (!matcher.matches()) {
			return AT_ONCE;
		}
		Spread said = new Spread(Duration.ofMillis(Long.parseLong(matcher.group(1))),
				Duration.ofMillis(Long.parseLong(matcher.group(2))));
		return said.turn.isZero() ? AT_ONCE : said;
	}

	/**
	 * Return what a predecessor says of it, after other words.
	 */
	String after(String words) {
		return isAtOnce() ? words : (words + " spread:%d/%d".formatted(this.span.toMillis(), this.turn.toMillis()));
	}

	boolean isAtOnce() {
		return this.span.isZero();
	}

	/**
	 * Return the successor's share: little at first, so that it proves itself on few
	 * requests, and all at the end.
	 * @param elapsed the nanoseconds since the span began
	 */
	double share(long elapsed) {
		double time = Math.min(1, (double) elapsed / this.span.toNanos());
		return time * time;
	}

}
