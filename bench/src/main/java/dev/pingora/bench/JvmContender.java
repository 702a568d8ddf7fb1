package dev.pingora.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The application of this benchmark in a JVM.
 */
abstract class JvmContender implements Contender {

	private static final Pattern STARTER = Pattern.compile("pingora-spring-boot|junixsocket|/jna|picocli");

	private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

	private final Path directory;

	private final boolean starter;

	private final List<Process> started = new ArrayList<>();

	private int port;

	JvmContender(Path directory, boolean starter) {
		this.directory = directory;
		this.starter = starter;
	}

	@Override
	public String version() {
		String boot = org.springframework.boot.SpringBootVersion.getVersion();
		return "Spring Boot %s on JDK %s".formatted(boot, Runtime.version());
	}

	@Override
	public int warmUp(int seconds) {
		return seconds;
	}

	@Override
	public void start(int newPort) throws IOException, InterruptedException {
		this.port = newPort;
		run();
		Programs.awaitAnswer(newPort);
	}

	final int port() {
		return this.port;
	}

	final Path directory() {
		return this.directory;
	}

	/**
	 * Start one more process.
	 */
	final void run(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-cp", classPath(),
				BenchApplication.class.getName(), "--server.address=127.0.0.1", "--server.port=" + this.port));
		command.addAll(Arrays.asList(arguments));
		command.addAll(settings());
		this.started.add(Programs.start(log(this.started.size()), command));
	}

	/**
	 * Return the arguments of every process.
	 */
	abstract List<String> settings();

	final @Nullable Process latest() {
		return this.started.isEmpty() ? null : this.started.get(this.started.size() - 1);
	}

	final Path log(int number) {
		return this.directory.resolve("jvm-%d.log".formatted(number));
	}

	final int count() {
		return this.started.size();
	}

	private String classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> this.starter || !STARTER.matcher(entry).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

	@Override
	public void end() throws IOException, InterruptedException {
		for (Process process : this.started) {
			Programs.end(process.toHandle());
		}
		this.started.clear();
		Files.deleteIfExists(this.directory.resolve("upgrade.sock"));
	}

}
