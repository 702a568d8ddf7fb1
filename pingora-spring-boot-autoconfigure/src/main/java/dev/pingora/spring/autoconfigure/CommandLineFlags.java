package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.process.Exit;
import dev.pingora.spring.process.Flags;
import dev.pingora.spring.process.InvalidFlagException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The flags of the command line, before there is an environment. Those that need no
 * application are answered at once, and so are those that make no sense.
 */
final class CommandLineFlags {

	static final String ENABLED = "pingora.cli.enabled";

	private static final int BAD_USAGE = 2;

	private CommandLineFlags() {
	}

	/**
	 * Read the flags. The process ends here if they ask for help or for the version, or
	 * make no sense.
	 * @return the flags, none where the command line is not ours
	 */
	static Flags read(@Nullable Class<?> application, String... arguments) {
		if (!Flags.areIn(arguments) || !isEnabled(arguments)) {
			return Flags.parse();
		}
		ApplicationIdentity identity = new ApplicationIdentity(application);
		try {
			Flags flags = Flags.parse(arguments);
			answer(flags, identity);
			return flags;
		}
		catch (InvalidFlagException ex) {
			System.err.println(ex.getMessage());
			System.err.println(Flags.usage(identity.command()));
			Exit.orderly(BAD_USAGE);
			throw ex;
		}
	}

	/**
	 * Return whether the flags are ours, as far as that can be known so early: by an
	 * argument, a system property or an environment variable.
	 */
	static boolean isEnabled(String... arguments) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
		ConfigurationPropertySources.attach(environment);
		return environment.getProperty(ENABLED, Boolean.class, true);
	}

	/**
	 * Refuse to be switched off by a file that is read after the flags.
	 * @throws InvalidPropertyException if the property comes too late
	 */
	static void checkEnabled(Environment environment, String... arguments) {
		if (!environment.getProperty(ENABLED, Boolean.class, true) && isEnabled(arguments)) {
			throw new InvalidPropertyException(ENABLED, false, "it is asked before this source of properties is read",
					"Set it as the argument '--%s=false', as a system property, or as the environment variable '%s'."
						.formatted(ENABLED, "PINGORA_CLI_ENABLED"));
		}
	}

	private static void answer(Flags flags, ApplicationIdentity identity) {
		if (flags.help()) {
			System.out.print(Flags.help(identity.command()));
			Exit.orderly(0);
		}
		if (flags.version()) {
			System.out.println(identity.version());
			Exit.orderly(0);
		}
	}

}
