package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import dev.pingora.spring.upgrade.Message.Verb;
import dev.pingora.spring.upgrade.Transitions.Transition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the tables of the protocol's page to the rules.
 * {@code -Dpingora.docs.update=true} writes them.
 */
class ProtocolPageTests {

	private static final Path PAGE = Path.of("..", "docs", "upgrade.md");

	@Test
	void tablesShowTheRules() throws IOException {
		String page = Files.readString(PAGE);
		String expected = replace(replace(page, "predecessor", UpgradeProtocol.PREDECESSOR), "successor",
				UpgradeProtocol.SUCCESSOR);
		if (Boolean.getBoolean("pingora.docs.update")) {
			Files.writeString(PAGE, expected);
		}
		else {
			assertThat(page).isEqualTo(expected);
		}
	}

	private static <S extends Enum<S>> String replace(String page, String name, Transitions<S> rules) {
		String begin = "<!-- rules of the %s -->\n".formatted(name);
		String end = "<!-- end of the rules of the %s -->\n".formatted(name);
		assertThat(page).contains(begin, end);
		return page.substring(0, page.indexOf(begin)) + begin + "\n" + table(rules) + "\n"
				+ page.substring(page.indexOf(end));
	}

	/**
	 * Events that have the same effect share a row.
	 */
	private static <S extends Enum<S>> String table(Transitions<S> rules) {
		Map<List<Object>, List<Transition<S>>> rows = new LinkedHashMap<>();
		rules.all()
			.forEach((rule) -> rows
				.computeIfAbsent(List.of(rule.from(), rule.to(), rule.actions()), (key) -> new ArrayList<>())
				.add(rule));
		StringBuilder table = new StringBuilder("| state | event | next state | does |\n|---|---|---|---|\n");
		rows.values().forEach((row) -> {
			Transition<S> rule = row.get(0);
			table.append("| %s | %s | %s | %s |\n".formatted(rule.from(),
					row.stream().map((each) -> words(each.event())).collect(Collectors.joining(", ")), rule.to(),
					rule.actions().stream().map(ProtocolPageTests::words).collect(Collectors.joining(", "))));
		});
		return table.toString();
	}

	private static String words(UpgradeAction action) {
		return action.isWord() ? "says " + action.verb() : words((Enum<?>) action);
	}

	private static String words(UpgradeEvent event) {
		boolean word = Arrays.stream(Verb.values()).anyMatch((verb) -> verb.name().equals(event.name()));
		return word ? event.name() : words((Enum<?>) event);
	}

	private static String words(Enum<?> name) {
		return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

}
