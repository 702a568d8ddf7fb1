package dev.pingora.spring.process;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The flags of the command line that are for the server; everything else on it is for the
 * application.
 */
@Command
public final class Flags {

	@Option(names = { "-u", "--upgrade" }, description = "Take over the listening sockets of a running server")
	private boolean upgrade;

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
		try {
			new CommandLine(flags).setUnmatchedArgumentsAllowed(true)
				.setOverwrittenOptionsAllowed(true)
				.setExpandAtFiles(false)
				.parseArgs(arguments);
		}
		catch (ParameterException ex) {
			throw new InvalidFlagException(String.valueOf(ex.getMessage()), ex);
		}
		return flags;
	}

	/**
	 * Return whether this process takes over from a running one ({@code -u}).
	 * @return whether it is a successor
	 */
	public boolean upgrade() {
		return this.upgrade;
	}

}
