package dev.pingora.spring.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The flags of the command line that are for the server, as Pingora has them; everything
 * else on it is for the application.
 */
@Command(sortOptions = false, synopsisHeading = "Usage: ", optionListHeading = "%n",
		customSynopsis = "${COMMAND-NAME} [-dtuhV] [-c FILE] [ARGUMENT...]",
		footer = { "", "Every other argument is for the application and for Spring.",
				"Exit codes: 0 done or handed over, 1 failed, 2 bad usage,", "130 interrupted, 143 terminated." })
public final class Flags {

	/**
	 * What is ours on a command line: a group of short flags all of which are known, or a
	 * long one. Anything like '-debug' or '--config' is the application's.
	 */
	private static final Pattern OURS = Pattern
		.compile("-[dtuhV]*(?:[dtuhV](?:=.*)?|c(?:[=/.].*)?)" + "|--(?:daemon|test|conf|upgrade|help|version)(?:=.*)?");

	private static final Pattern FILE_FOLLOWS = Pattern.compile("-[dtuhV]*c|--conf");

	private static final String END = "--";

	@Option(names = { "-d", "--daemon" }, description = "Run in the background.")
	private boolean daemon;

	@Option(names = { "-t", "--test" }, description = "Test the configuration and exit.")
	private boolean test;

	@Option(names = { "-c", "--conf" }, paramLabel = "FILE",
			description = "Read a YAML file: Spring's properties, or Pingora's own.")
	private List<Path> configuration = new ArrayList<>();

	@Option(names = { "-u", "--upgrade" }, description = "Take over the listening sockets of a running server.")
	private boolean upgrade;

	@Option(names = { "-h", "--help" }, description = "Show this help and exit.")
	private boolean help;

	@Option(names = { "-V", "--version" }, description = "Show the version and exit.")
	private boolean version;

	private Flags() {
	}

	/**
	 * Read the flags.
	 * @param arguments all arguments of the application
	 * @return the flags
	 * @throws InvalidFlagException if a flag of ours is used in a way that makes no sense
	 */
	public static Flags parse(String... arguments) {
		Flags flags = new Flags();
		if (!areIn(arguments)) {
			// as at most starts, which need not load a parser
			return flags;
		}
		try {
			commandLine(flags).parseArgs(ours(arguments));
		}
		catch (ParameterException ex) {
			throw new InvalidFlagException(String.valueOf(ex.getMessage()), ex);
		}
		flags.checkConfiguration();
		return flags;
	}

	/**
	 * Return whether there is a flag of ours among the arguments.
	 * @param arguments all arguments of the application
	 * @return whether {@link #parse} has something to read
	 */
	public static boolean areIn(String... arguments) {
		return ours(arguments).length > 0;
	}

	private void checkConfiguration() {
		if (this.configuration.size() > 1) {
			throw new InvalidFlagException("Option '--conf' (FILE) should be specified only once", null);
		}
		if (this.configuration.contains(Path.of(""))) {
			throw new InvalidFlagException("Option '--conf' (FILE) has no value", null);
		}
	}

	private static CommandLine commandLine(Flags flags) {
		return new CommandLine(flags).setOverwrittenOptionsAllowed(true)
			.setUnmatchedOptionsAllowedAsOptionParameters(false)
			.setExpandAtFiles(false);
	}

	private static String[] ours(String... arguments) {
		List<String> ours = new ArrayList<>();
		for (int i = 0; i < arguments.length && !arguments[i].equals(END); i++) {
			if (OURS.matcher(arguments[i]).matches()) {
				ours.add(arguments[i]);
				if (FILE_FOLLOWS.matcher(arguments[i]).matches() && i + 1 < arguments.length) {
					ours.add(arguments[++i]);
				}
			}
		}
		return ours.toArray(String[]::new);
	}

	/**
	 * Return how the flags are used.
	 * @param command what runs the application
	 * @return the text of {@code --help}
	 */
	public static String help(String command) {
		return commandLine(new Flags()).setCommandName(command).getUsageMessage();
	}

	/**
	 * Return how the flags are used, in one line.
	 * @param command what runs the application
	 * @return the first line of {@code --help}
	 */
	public static String usage(String command) {
		return help(command).lines().findFirst().orElse("");
	}

	/**
	 * Return whether this process goes into the background ({@code -d}).
	 * @return whether it is to be a daemon
	 */
	public boolean daemon() {
		return this.daemon;
	}

	/**
	 * Return whether only the configuration is tested ({@code -t}).
	 * @return whether nothing is started
	 */
	public boolean test() {
		return this.test;
	}

	/**
	 * Return the configuration file ({@code -c}).
	 * @return the file as it was written, or empty without the flag
	 */
	public Optional<Path> configuration() {
		return this.configuration.stream().findFirst();
	}

	/**
	 * Return whether this process takes over from a running one ({@code -u}).
	 * @return whether it is a successor
	 */
	public boolean upgrade() {
		return this.upgrade;
	}

	/**
	 * Return whether help is wanted ({@code -h}).
	 * @return whether to say how the flags are used
	 */
	public boolean help() {
		return this.help;
	}

	/**
	 * Return whether the version is wanted ({@code -V}).
	 * @return whether to say what this is
	 */
	public boolean version() {
		return this.version;
	}

}
