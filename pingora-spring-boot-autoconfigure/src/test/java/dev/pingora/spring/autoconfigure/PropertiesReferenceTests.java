package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds the page of all properties to the code. {@code -Dpingora.docs.update=true} writes
 * it anew.
 */
class PropertiesReferenceTests {

	private static final Path PAGE = Path.of("..", "docs", "properties.md");

	@Test
	void pageIsThatOfTheCode() throws IOException {
		String page = PropertiesReference.page();
		if (Boolean.getBoolean("pingora.docs.update")) {
			Files.writeString(PAGE, page);
		}
		assertThat(PAGE).as("run this test with -Dpingora.docs.update=true").hasContent(page);
	}

	@Test
	void everyPropertyHasADescriptionThatIsASentence() {
		assertThat(PropertiesReference.page().lines().filter((line) -> line.startsWith("| `pingora.")))
			.hasSizeGreaterThan(40)
			.allMatch((line) -> line.endsWith(". |"));
	}

}
