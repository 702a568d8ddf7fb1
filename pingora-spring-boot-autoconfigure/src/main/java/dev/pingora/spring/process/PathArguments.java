package dev.pingora.spring.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The arguments of a command whose relative paths are made absolute, so that they mean
 * the same in another directory: those of the JVM up to its jar, and our configuration
 * file. What else is a path only the application knows.
 */
final class PathArguments {

	private static final String JAR = "-jar";

	private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path");

	private static final Pattern JVM = Pattern.compile("(@|-javaagent:|-agentpath:|--class-path=|--module-path=|"
			+ "-XX:SharedArchiveFile=|-XX:AOTCache=)([^=]+)(.*)");

	private static final Pattern CONFIGURATION_FOLLOWS = Pattern.compile("-[dtuhV]*c|--conf");

	private static final Pattern CONFIGURATION = Pattern.compile("(-[dtuhV]*c(?:=|(?=[/.]))|--conf=)(.+)()");

	private final Path directory;

	private final List<String> absolute = new ArrayList<>();

	private boolean forApplication;

	private PathArguments(Path directory) {
		this.directory = directory;
	}

	/**
	 * Return the arguments with absolute paths.
	 * @param arguments the arguments of this process
	 * @param directory the directory in which they have been written
	 */
	static List<String> absolute(List<String> arguments, Path directory) {
		PathArguments paths = new PathArguments(directory);
		String previous = "";
		for (String argument : arguments) {
			paths.add(previous, argument);
			previous = argument;
		}
		return paths.absolute;
	}

	private void add(String previous, String argument) {
		if (this.forApplication) {
			boolean isFile = CONFIGURATION_FOLLOWS.matcher(previous).matches();
			this.absolute.add(isFile ? resolve(argument) : resolve(CONFIGURATION, argument));
			return;
		}
		boolean isPath = previous.equals(JAR) || CLASS_PATH.contains(previous);
		this.absolute.add(isPath ? resolve(argument) : resolve(JVM, argument));
		boolean isOption = argument.startsWith("-") || argument.startsWith("@");
		this.forApplication = previous.equals(JAR) || (!isPath && !isOption);
	}

	private String resolve(Pattern pattern, String argument) {
		Matcher matcher = pattern.matcher(argument);
		return matcher.matches() ? matcher.group(1) + resolve(matcher.group(2)) + matcher.group(3) : argument;
	}

	private String resolve(String paths) {
		return Arrays.stream(paths.split(File.pathSeparator, -1))
			.map((path) -> this.directory.resolve(path).toString())
			.collect(Collectors.joining(File.pathSeparator));
	}

}
