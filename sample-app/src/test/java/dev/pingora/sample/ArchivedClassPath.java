package dev.pingora.sample;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A class path of the tests on which JVMs start faster, with an archive of the classes
 * that one start has loaded. Such an archive knows jars alone, so directories are packed.
 */
final class ArchivedClassPath {

	private static final Map<String, List<String>> TRAINED = new ConcurrentHashMap<>();

	private static final ToolProvider JAR = ToolProvider.findFirst("jar").orElseThrow();

	private ArchivedClassPath() {
	}

	/**
	 * Return the options of a JVM with that class path, and make the archive if that was
	 * not done yet.
	 */
	static List<String> options(String classPath) {
		return TRAINED.computeIfAbsent(classPath, ArchivedClassPath::train);
	}

	private static List<String> train(String classPath) {
		try {
			Path directory = Files.createDirectories(TrainedSample.PACKED.resolveSibling("class-paths")
				.resolve(Integer.toHexString(classPath.hashCode())));
			List<String> options = List.of("-cp", pack(classPath, directory));
			Path archive = directory.resolve("classes.jsa");
			Files.deleteIfExists(archive);
			train(directory, options, archive);
			// Not every JVM writes one.
			return Files.exists(archive)
					? Stream.concat(options.stream(), Stream.of("-XX:SharedArchiveFile=" + archive)).toList() : options;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String pack(String classPath, Path directory) {
		List<String> jars = new ArrayList<>();
		for (String entry : classPath.split(File.pathSeparator)) {
			Path jar = Path.of(entry);
			if (Files.isDirectory(jar)) {
				jar = directory.resolve("classes-%d.jar".formatted(jars.size()));
				jar(entry, jar);
			}
			jars.add(jar.toString());
		}
		return String.join(File.pathSeparator, jars);
	}

	private static void jar(String classes, Path jar) {
		int result = JAR.run(System.out, System.err, "--create", "--no-compress", "--no-manifest", "--file",
				jar.toString(), "-C", classes, ".");
		assertThat(result).as("jar of " + classes).isZero();
	}

	/**
	 * Start the sample and end it, which writes the archive.
	 */
	private static void train(Path directory, List<String> options, Path archive) {
		List<String> jvm = new ArrayList<>(options);
		jvm.add("-XX:ArchiveClassesAtExit=" + archive);
		List<String> command = SampleProcess.java(jvm, SampleApplication.class, SampleProcesses.arguments(directory));
		try (SampleProcess training = SampleProcess.start(directory, command)) {
			assertThat(training.awaitRunning().signal("TERM").awaitExit()).as(training.log()).isEqualTo(143);
		}
	}

}
