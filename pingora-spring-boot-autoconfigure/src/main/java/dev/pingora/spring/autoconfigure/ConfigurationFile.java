package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;

/**
 * The file of {@code -c}.
 *
 * @param path where it is, an absolute path
 */
record ConfigurationFile(Path path) {

	/**
	 * Read the file once, to say what is wrong with it before Spring stumbles over it.
	 * @throws ConfigurationFileException if it is missing or is no YAML
	 */
	void check() {
		if (!Files.isRegularFile(this.path)) {
			throw new ConfigurationFileException(this.path,
					Files.exists(this.path) ? "it is not a file" : "it does not exist", null);
		}
		if (!Files.isReadable(this.path)) {
			throw new ConfigurationFileException(this.path, "this process may not read it", null);
		}
		try {
			for (PropertySource<?> document : new YamlPropertySourceLoader().load("document",
					new FileSystemResource(this.path))) {
				checkMapping(document);
			}
		}
		catch (MarkedYAMLException ex) {
			throw new ConfigurationFileException(this.path, reason(ex), ex);
		}
		catch (IOException | YAMLException ex) {
			throw new ConfigurationFileException(this.path, String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * Refuse a list or a text where keys belong. Spring's loader calls these a document.
	 */
	private void checkMapping(PropertySource<?> source) {
		if (source.getProperty("document") != null || source.getProperty("document[0]") != null) {
			throw new ConfigurationFileException(this.path, "line 1: it has no keys", null);
		}
	}

	private String reason(MarkedYAMLException ex) {
		Mark mark = (ex.getProblemMark() != null) ? ex.getProblemMark() : ex.getContextMark();
		if (mark == null) {
			return String.valueOf(ex.getProblem());
		}
		return "line %d, column %d%s: %s".formatted(mark.getLine() + 1, mark.getColumn() + 1, quote(mark.getLine()),
				ex.getProblem());
	}

	private String quote(int line) {
		try (Stream<String> lines = Files.lines(this.path)) {
			return lines.skip(line).findFirst().map((text) -> " ('" + text.strip() + "')").orElse("");
		}
		catch (IOException | UncheckedIOException ex) {
			return "";
		}
	}

	/**
	 * Return the file as a location of Spring's configuration data, which has to know
	 * that it is YAML whatever it is called.
	 */
	String location() {
		String name = this.path.toString().toLowerCase(Locale.ROOT);
		boolean yaml = name.endsWith(".yml") || name.endsWith(".yaml");
		return "file:" + this.path + (yaml ? "" : "[.yaml]");
	}

}
