package dev.pingora.spring.autoconfigure;

import java.util.Optional;

import dev.pingora.spring.process.Identity;
import dev.pingora.spring.process.UnknownIdentityException;

import org.springframework.core.env.Environment;

/**
 * The user and the group in the configuration.
 */
final class ProcessIdentity {

	private static final String USER = "pingora.user";

	private static final String GROUP = "pingora.group";

	private ProcessIdentity() {
	}

	/**
	 * Return whom this process shall be.
	 * @return the identity, or empty where the configuration wants none
	 * @throws InvalidPropertyException if there is no such user or group, or if this
	 * process cannot become it
	 */
	static Optional<Identity> of(Environment environment) {
		String user = environment.getProperty(USER);
		String group = environment.getProperty(GROUP);
		if (user == null && group == null) {
			return Optional.empty();
		}
		try {
			Identity identity = Identity.of(user, group);
			if (!identity.isPossible()) {
				throw new InvalidPropertyException((user != null) ? USER : GROUP, (user != null) ? user : group,
						"only root can change user and group",
						"Start as root or as that user, or remove the property.");
			}
			return Optional.of(identity);
		}
		catch (UnknownIdentityException ex) {
			throw new InvalidPropertyException("pingora." + ex.kind(), ex.name(),
					"this machine has no such " + ex.kind(), "Create it, or set the property to one that exists.");
		}
		catch (LinkageError ex) {
			throw new InvalidPropertyException((user != null) ? USER : GROUP, (user != null) ? user : group,
					"native code cannot be loaded: " + ex.getMessage(), "Start as that user, and remove the property.");
		}
	}

}
