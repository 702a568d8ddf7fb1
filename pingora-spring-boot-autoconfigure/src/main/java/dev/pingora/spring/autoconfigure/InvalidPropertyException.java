package dev.pingora.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a property makes no sense, with the property and the remedy.
 */
class InvalidPropertyException extends RuntimeException {

	private final String property;

	private final String remedy;

	InvalidPropertyException(String property, @Nullable Object value, String reason, String remedy) {
		super((value != null) ? "The property '%s' has the value '%s': %s".formatted(property, value, reason)
				: "The property '%s' is missing: %s".formatted(property, reason));
		this.property = property;
		this.remedy = remedy;
	}

	String property() {
		return this.property;
	}

	String remedy() {
		return this.remedy;
	}

}
