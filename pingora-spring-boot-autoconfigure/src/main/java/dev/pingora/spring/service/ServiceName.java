package dev.pingora.spring.service;

import java.util.regex.Pattern;

/**
 * The rule for the name of a service, which has to be a plain key of
 * {@code pingora.services}.
 */
final class ServiceName {

	private static final Pattern VALID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

	private ServiceName() {
	}

	static String validate(String name) {
		if (!VALID.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"'name' must be lower-case letters and digits, joined by single hyphens, but is '%s'"
						.formatted(name));
		}
		return name;
	}

}
