package dev.pingora.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;

/**
 * Reads Pingora's own keys in the file of {@code -c}, if {@code version: 1} says that it
 * is such a file. They stay where they are, so that the application sees them too, and
 * what they mean here is added below the file.
 */
final class PingoraKeysEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String VERSION = "version";

	private final ConfigurableBootstrapContext bootstrapContext;

	private final Log logger;

	PingoraKeysEnvironmentPostProcessor(ConfigurableBootstrapContext bootstrapContext, DeferredLogFactory logFactory) {
		this.bootstrapContext = bootstrapContext;
		this.logger = logFactory.getLog(PingoraKeysEnvironmentPostProcessor.class);
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		ConfigurationFile file = this.bootstrapContext.getOrElse(ConfigurationFile.class, null);
		if (file != null) {
			MutablePropertySources sources = environment.getPropertySources();
			documents(sources, file).forEach((document) -> read(document, file, sources));
		}
	}

	private static List<OriginTrackedMapPropertySource> documents(MutablePropertySources sources,
			ConfigurationFile file) {
		return sources.stream()
			.filter(OriginTrackedMapPropertySource.class::isInstance)
			.map(OriginTrackedMapPropertySource.class::cast)
			.filter((source) -> source.getName().contains("'" + file.location() + "'"))
			.toList();
	}

	private void read(OriginTrackedMapPropertySource document, ConfigurationFile file, MutablePropertySources sources) {
		List<String> ours = ours(document).toList();
		if (isPingoras(document)) {
			Map<String, Object> properties = new LinkedHashMap<>();
			ours.forEach((property) -> translate(document, property, file, properties));
			sources.addAfter(document.getName(),
					new OriginTrackedMapPropertySource("Pingora's keys in " + document.getName(), properties, true));
		}
		else if (ours.stream().anyMatch((property) -> property.contains("_"))) {
			this.logger.warn("'%s' has no 'version: 1', so that these keys of Pingora are left to the application: %s"
				.formatted(file.path(), String.join(", ", ours)));
		}
	}

	private static boolean isPingoras(OriginTrackedMapPropertySource document) {
		return "1".equals(String.valueOf(document.getProperty(VERSION)));
	}

	private static Stream<String> ours(OriginTrackedMapPropertySource document) {
		return Stream.of(document.getPropertyNames())
			.filter((property) -> PingoraKey.ALL.stream().anyMatch((key) -> key.matches(property)));
	}

	private void translate(OriginTrackedMapPropertySource document, String property, ConfigurationFile file,
			Map<String, Object> properties) {
		PingoraKey key = PingoraKey.ALL.stream().filter((candidate) -> candidate.matches(property)).findFirst().get();
		Origin origin = document.getOrigin(property);
		Object value = document.getProperty(property);
		if (key.reason() != null) {
			this.logger.warn("The key '%s' of Pingora (%s) has no meaning here: %s".formatted(key.name(),
					place(file, origin), key.reason()));
		}
		else if (value != null && !value.equals("")) {
			Object converted = convert(key, value, file, origin);
			key.properties().forEach((name) -> properties.put(name, OriginTrackedValue.of(converted, origin)));
		}
	}

	private static Object convert(PingoraKey key, Object value, ConfigurationFile file, @Nullable Origin origin) {
		try {
			return key.type().convert(value);
		}
		catch (IllegalArgumentException ex) {
			String line = line(origin);
			throw new ConfigurationFileException(file.path(),
					line + "the key '%s' %s".formatted(key.name(), ex.getMessage()), ex);
		}
	}

	private static String place(ConfigurationFile file, @Nullable Origin origin) {
		return line(origin) + file.path();
	}

	private static String line(@Nullable Origin origin) {
		return (origin instanceof TextResourceOrigin text && text.getLocation() != null)
				? "line %d: ".formatted(text.getLocation().getLine() + 1) : "";
	}

	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER + 1;
	}

}
