package dev.pingora.spring.server;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.pingora.spring.listen.SeenRequest;
import org.jspecify.annotations.Nullable;

/**
 * The requests that a predecessor was asked most as words of the line that a successor
 * reads, which they leave room in.
 */
final class SeenRequestText {

	static final String PREFIX = "seen:";

	/**
	 * How long all words together may be: a line of the upgrade protocol has 64 KiB.
	 */
	static final int LONGEST = 16 * 1024;

	/**
	 * How many requests are read of a line, whoever wrote it.
	 */
	private static final int MOST = 1000;

	private static final int FIELDS = 5;

	private SeenRequestText() {
	}

	/**
	 * Return the words, as many as there is room for: of each service in turn.
	 */
	static List<String> of(Map<String, List<SeenRequest>> seen) {
		List<String> words = new ArrayList<>();
		int length = 0;
		int longest = seen.values().stream().mapToInt(List::size).max().orElse(0);
		for (int rank = 0; rank < longest; rank++) {
			for (Map.Entry<String, List<SeenRequest>> service : seen.entrySet()) {
				if (rank < service.getValue().size()) {
					String word = word(service.getKey(), service.getValue().get(rank));
					length += word.length() + 1;
					if (length > LONGEST) {
						return words;
					}
					words.add(word);
				}
			}
		}
		return words;
	}

	private static String word(String service, SeenRequest request) {
		return PREFIX + String.join("&", encoded(service), encoded(request.method()), encoded(request.target()),
				encoded(request.accept()), encoded(request.acceptEncoding()));
	}

	private static String encoded(@Nullable String text) {
		return (text != null) ? URLEncoder.encode(text, StandardCharsets.UTF_8) : "";
	}

	/**
	 * Read a word. One that another version wrote, or that could not be the beginning of
	 * a request, is left out.
	 */
	static void parse(String word, Map<String, List<SeenRequest>> seen) {
		String[] fields = word.substring(PREFIX.length()).split("&", -1);
		if (fields.length < FIELDS) {
			return;
		}
		try {
			SeenRequest request = new SeenRequest(fields[1], decoded(fields[2]), header(fields[3]), header(fields[4]));
			List<SeenRequest> requests = seen.computeIfAbsent(decoded(fields[0]), (service) -> new ArrayList<>());
			if (isSafe(request) && requests.size() < MOST) {
				requests.add(request);
			}
		}
		catch (IllegalArgumentException ex) {
			// what cannot be decoded is left out, too
		}
	}

	private static boolean isSafe(SeenRequest request) {
		return request.method().matches("GET|HEAD") && request.target().matches("/[\\x21-\\x7e]*")
				&& isHeader(request.accept()) && isHeader(request.acceptEncoding());
	}

	private static boolean isHeader(@Nullable String value) {
		return value == null || value.matches("[\\x20-\\x7e]*");
	}

	private static @Nullable String header(String text) {
		return text.isEmpty() ? null : decoded(text);
	}

	private static String decoded(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

}
