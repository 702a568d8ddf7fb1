package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.pingora.spring.process.UpgradeSignal;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.DefaultValue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The metadata of the properties, from which an editor completes and explains them.
 */
class PropertiesMetadataTests {

	private static final String GENERATED = "/META-INF/spring-configuration-metadata.json";

	private final JsonNode metadata = read();

	private final Map<String, JsonNode> properties = new TreeMap<>();

	PropertiesMetadataTests() {
		this.metadata.get("properties")
			.forEach((property) -> this.properties.put(property.get("name").asString(), property));
	}

	private static JsonNode read() {
		try (InputStream file = PingoraProperties.class.getResourceAsStream(GENERATED)) {
			return new JsonMapper().readTree(file);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void everyPropertyHasATypeAndADescriptionWithoutAnArticle() {
		assertThat(this.properties).hasSizeGreaterThan(30);
		assertThat(this.properties.values()).allSatisfy((property) -> {
			assertThat(property.path("type").asString("")).as(property.toString()).isNotEmpty();
			assertThat(property.path("description").asString("")).as(property.toString())
				.endsWith(".")
				.doesNotStartWith("The ")
				.doesNotStartWith("A ");
			if (property.get("type").asString().equals(Boolean.class.getName())) {
				assertThat(property.get("description").asString()).startsWith("Whether ");
			}
		});
	}

	@Test
	void everyComponentOfTheRecordsIsThereWithItsDefault() {
		List<RecordComponent> components = new ArrayList<>();
		assertDescribed("pingora", PingoraProperties.class, components);
		assertDescribed("pingora", ProcessProperties.class, components);
		assertThat(components).hasSizeGreaterThan(30);
	}

	private void assertDescribed(String prefix, Class<?> type, List<RecordComponent> described) {
		RecordComponent[] components = type.getRecordComponents();
		for (int i = 0; i < components.length; i++) {
			String name = prefix + "." + components[i].getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (components[i].getType().isRecord()) {
				assertDescribed(name, components[i].getType(), described);
				continue;
			}
			assertThat(this.properties).containsKey(name);
			DefaultValue value = type.getDeclaredConstructors()[0].getParameters()[i].getAnnotation(DefaultValue.class);
			if (value != null && value.value().length > 0) {
				assertThat(this.properties.get(name).path("defaultValue").asString("")).as(name)
					.isEqualTo(value.value()[0]);
			}
			described.add(components[i]);
		}
	}

	@Test
	void everyHintIsForAPropertyAndSaysWhatIsPossible() {
		JsonNode hints = this.metadata.get("hints");
		assertThat(hints).isNotEmpty();
		assertThat(hints).allSatisfy((hint) -> assertThat(this.properties).containsKey(hint.get("name").asString()));
		Set<String> signals = Stream.of(UpgradeSignal.values())
			.map((signal) -> signal.name().toLowerCase(Locale.ROOT))
			.collect(Collectors.toSet());
		assertThat(valuesOf("pingora.signals.upgrade")).containsExactlyInAnyOrderElementsOf(signals);
	}

	private List<String> valuesOf(String property) {
		return this.metadata.get("hints")
			.valueStream()
			.filter((hint) -> hint.get("name").asString().equals(property))
			.flatMap((hint) -> hint.get("values").valueStream())
			.map((value) -> value.get("value").asString())
			.toList();
	}

}
