package dev.pingora.spring.actuate;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.pingora.spring.server.BackgroundReport;
import dev.pingora.spring.server.CandidateReport;
import dev.pingora.spring.server.ConnectionCounts;
import dev.pingora.spring.server.DrainReport;
import dev.pingora.spring.server.GenerationReport;
import dev.pingora.spring.server.ListenerReport;
import dev.pingora.spring.server.PeerReport;
import dev.pingora.spring.server.ServerReport;
import dev.pingora.spring.server.ServiceReport;
import dev.pingora.spring.server.UpgradeReport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the description of the endpoint to its answers, field by field.
 */
class EndpointReferenceTests {

	private static final Path PAGE = Path.of("..", "docs", "actuator.md");

	private static final Pattern CODE = Pattern.compile("`\\.?([a-zA-Z.\\[\\]]+)`");

	@Test
	void reportIsDescribedFieldByField() throws IOException {
		assertThat(fields("## The report"))
			.containsAll(components(ServerReport.class, PeerReport.class, GenerationReport.class, ServiceReport.class,
					ListenerReport.class, ConnectionCounts.class, BackgroundReport.class, DrainReport.class));
		assertThat(components(ServerReport.class, PeerReport.class, ServiceReport.class))
			.containsAll(firstColumn("## The report"));
	}

	@Test
	void upgradeIsDescribedFieldByField() throws IOException {
		assertThat(firstColumn("## Upgrades")).isEqualTo(components(UpgradeReport.class));
	}

	@Test
	void dryRunIsDescribedFieldByField() throws IOException {
		assertThat(firstColumn("## Dry run")).isEqualTo(components(CandidateReport.class));
	}

	private static Set<String> components(Class<?>... records) {
		return Stream.of(records)
			.flatMap((type) -> Stream.of(type.getRecordComponents()))
			.map(RecordComponent::getName)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static Set<String> firstColumn(String section) throws IOException {
		return names(rows(section).map((row) -> row.split("\\|")[1]));
	}

	private static Set<String> fields(String section) throws IOException {
		return names(rows(section));
	}

	private static Stream<String> rows(String section) throws IOException {
		String page = Files.readString(PAGE);
		int begin = page.indexOf("\n" + section + "\n") + 1;
		assertThat(begin).isPositive();
		int end = page.indexOf("\n## ", begin);
		return page.substring(begin, (end > 0) ? end : page.length()).lines().filter((line) -> line.startsWith("| `"));
	}

	private static Set<String> names(Stream<String> cells) {
		return cells.flatMap((cell) -> {
			Matcher matcher = CODE.matcher(cell);
			return matcher.results().map((result) -> result.group(1));
		})
			.flatMap((path) -> Stream.of(path.split("\\.")))
			.map((name) -> name.replace("[]", ""))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
