package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The processes of one test, which share a directory with their upgrade socket and end
 * with the test.
 */
final class SampleProcesses implements BeforeEachCallback, AfterEachCallback {

	private final List<SampleProcess> started = new ArrayList<>();

	private Path directory;

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		this.directory = Files.createTempDirectory("pingora-test");
	}

	Path directory() {
		return this.directory;
	}

	SampleProcess start(String... arguments) {
		return start(List.of(), arguments);
	}

	SampleProcess start(List<String> jvmOptions, String... arguments) {
		return run(SampleProcess.jar(jvmOptions, arguments(arguments)));
	}

	/**
	 * Start the sample's jar as it is built.
	 */
	SampleProcess startPacked(String... arguments) {
		return run(SampleProcess.packedJar(arguments(arguments)));
	}

	/**
	 * Start the sample on a web server of that kind.
	 */
	SampleProcess start(WebServerKind kind, String... arguments) {
		return run(SampleProcess.classes(kind, arguments(arguments)));
	}

	SampleProcess start(WebServerKind kind, List<String> arguments) {
		return start(kind, arguments.toArray(String[]::new));
	}

	SampleProcess startWith(Class<?> configuration, String... arguments) {
		return run(SampleProcess.classes(configuration, arguments(arguments)));
	}

	SampleProcess run(List<String> command) {
		SampleProcess process = SampleProcess.start(this.directory, command);
		this.started.add(process);
		return process;
	}

	/**
	 * Return those that are alive.
	 */
	List<SampleProcess> alive() {
		return this.started.stream().filter(SampleProcess::isAlive).toList();
	}

	/**
	 * Return the arguments of a sample that is alone on this machine.
	 */
	List<String> arguments(String... more) {
		return arguments(this.directory, more);
	}

	/**
	 * Return the arguments of a sample that is alone on this machine, with its upgrade
	 * socket in a directory.
	 */
	static List<String> arguments(Path directory, String... more) {
		List<String> arguments = new ArrayList<>(List.of(more));
		for (String alone : List.of("--pingora.upgrade.sock=" + directory.resolve("upgrade.sock"),
				"--pingora.services.echo.listeners=127.0.0.1:0", "--pingora.services.tcp-echo.listeners=127.0.0.1:0",
				"--pingora.upgrade.drain-spread=200ms", "--pingora.upgrade.warm-up.timeout=200ms",
				"--pingora.threads=2", "--server.port=0", "--management.server.port=0")) {
			String option = alone.substring(0, alone.indexOf('=') + 1);
			if (arguments.stream().noneMatch((argument) -> argument.startsWith(option))) {
				arguments.add(alone);
			}
		}
		return arguments;
	}

	@Override
	public void afterEach(ExtensionContext context) throws IOException {
		this.started.forEach(SampleProcess::close);
		this.started.forEach(SampleProcess::endSuccessors);
		try (Stream<Path> files = Files.walk(this.directory)) {
			files.sorted(Comparator.reverseOrder()).forEach(SampleProcesses::delete);
		}
	}

	private static void delete(Path path) {
		try {
			Files.delete(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
