package dev.pingora.spring.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that runs this JVM, to be run again. It is what the kernel keeps of it
 * (proc(5)), because {@code ProcessHandle.info()} has no arguments where they are long.
 * What {@code JDK_JAVA_OPTIONS} and {@code JAVA_TOOL_OPTIONS} add is not in it: a child
 * inherits them with the environment.
 *
 * @param executable the program, an absolute path
 * @param arguments the arguments: those of the JVM, the main class or jar, and those of
 * the application
 */
public record JvmCommand(Path executable, List<String> arguments) {

	private static final Path EXECUTABLE = Path.of("/proc/self/exe");

	private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

	/**
	 * What the kernel appends to the name of a file that was replaced, as by an update of
	 * the JDK.
	 */
	private static final String DELETED = " (deleted)";

	private static final String END_OF_FLAGS = "--";

	/**
	 * Create a command.
	 * @param executable the program
	 * @param arguments its arguments
	 */
	public JvmCommand {
		arguments = List.copyOf(arguments);
	}

	/**
	 * Return the command of this process.
	 * @return the command
	 * @throws UncheckedIOException where there is no {@code /proc}
	 */
	public static JvmCommand ofThisProcess() {
		try {
			return new JvmCommand(executable(Files.readSymbolicLink(EXECUTABLE).toString()),
					arguments(Files.readAllBytes(COMMAND_LINE)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The command line of this process cannot be read", ex);
		}
	}

	private static Path executable(String target) {
		return Path.of(target.endsWith(DELETED) ? target.substring(0, target.length() - DELETED.length()) : target);
	}

	/**
	 * Each word ends with a zero byte, the last one too; words may be empty.
	 */
	private static List<String> arguments(byte[] commandLine) {
		String text = new String(commandLine, StandardCharsets.UTF_8);
		List<String> words = List.of(text.split("\0", -1));
		return words.subList(1, words.size() - 1);
	}

	/**
	 * Return this command with one more flag: the last one before the end of the flags.
	 * @param flag the flag
	 * @return the longer command
	 */
	public JvmCommand with(String flag) {
		List<String> longer = new ArrayList<>(this.arguments);
		int end = longer.indexOf(END_OF_FLAGS);
		longer.add((end >= 0) ? end : longer.size(), flag);
		return new JvmCommand(this.executable, longer);
	}

	/**
	 * Return this command so that it means the same in another directory.
	 * @param directory the directory in which it is going to run
	 * @return the command, with absolute paths unless the directory is that of this
	 * process
	 */
	public JvmCommand in(Path directory) {
		Path current = Path.of("").toAbsolutePath();
		return directory.toAbsolutePath().equals(current) ? this
				: new JvmCommand(this.executable, PathArguments.absolute(this.arguments, current));
	}

	/**
	 * Prepare to run this command, with the environment of this process and pipes to it.
	 * Where this process is a {@link Daemon}, the next one is not marked as one.
	 * @return what starts the command
	 */
	public ProcessBuilder toProcess() {
		List<String> words = new ArrayList<>();
		words.add(this.executable.toString());
		words.addAll(this.arguments);
		ProcessBuilder builder = new ProcessBuilder(words);
		builder.environment().remove(Daemon.MARK);
		return builder;
	}

}
