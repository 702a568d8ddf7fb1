package dev.pingora.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What holds for a number or a duration in the configuration.
 */
final class PropertyRules {

	private static final int LAST_NICE = 19;

	private PropertyRules() {
	}

	static void positive(String property, @Nullable Integer value) {
		if (value != null && value < 1) {
			throw new InvalidPropertyException(property, value, "it is less than 1",
					"Set it to 1 or more, or remove it.");
		}
	}

	static void niceSteps(String property, int value) {
		if (value < 0 || value > LAST_NICE) {
			throw new InvalidPropertyException(property, value, "it is not between 0 and 19",
					"Set it to a number of nice values, as in 5, or to 0.");
		}
	}

	static void positive(String property, Duration value) {
		if (value.isZero()) {
			throw new InvalidPropertyException(property, value, "it is zero",
					"Set it to a duration above zero, as in '30s'.");
		}
		notNegative(property, value);
	}

	static void notNegative(String property, Duration value) {
		if (value.isNegative()) {
			throw new InvalidPropertyException(property, value, "it is negative",
					"Set it to a duration of zero or more, as in '30s'.");
		}
	}

}
