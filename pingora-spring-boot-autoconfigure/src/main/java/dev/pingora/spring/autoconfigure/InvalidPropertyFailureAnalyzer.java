package dev.pingora.spring.autoconfigure;

import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Names the property that makes no sense, before Boot's own analyzer reports that it
 * could not be bound.
 */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException>
		implements Ordered {

	private final @Nullable Environment environment;

	/**
	 * Create an analyzer.
	 * @param environment where the property came from, or {@code null} where the start
	 * failed before there was a context
	 */
	InvalidPropertyFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
		String origin = origin(cause.property()).map((place) -> " (" + place + ")").orElse("");
		return new FailureAnalysis(cause.getMessage() + origin + ".", cause.remedy(), cause);
	}

	/**
	 * Return the file, line and column of a property. That of an element of a list may be
	 * the list's.
	 */
	private Optional<Origin> origin(String property) {
		if (this.environment == null) {
			return Optional.empty();
		}
		Iterable<ConfigurationPropertySource> sources = ConfigurationPropertySources.get(this.environment);
		return Stream.of(property, property.replaceAll("\\[\\d+]$", ""))
			.filter(ConfigurationPropertyName::isValid)
			.map(ConfigurationPropertyName::of)
			.flatMap((name) -> StreamSupport.stream(sources.spliterator(), false)
				.map((source) -> Origin.from(source.getConfigurationProperty(name))))
			.filter(Objects::nonNull)
			.findFirst();
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
