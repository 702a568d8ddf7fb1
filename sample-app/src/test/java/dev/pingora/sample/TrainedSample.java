package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as {@code sample-app/train} leaves it: unpacked, with an archive that its
 * JVMs start faster with.
 */
final class TrainedSample {

	/**
	 * The jar as it is built.
	 */
	static final Path PACKED = Path.of(System.getProperty("sample.jar"));

	/**
	 * The jar without its dependencies, which lie beside it.
	 */
	static final Path JAR = PACKED.resolveSibling("app").resolve(PACKED.getFileName());

	private static final boolean AOT = Runtime.version().feature() >= 25;

	static final Path ARCHIVE = JAR.resolveSibling(AOT ? "app.aot" : "app.jsa");

	private static final String OPTION = (AOT ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + ARCHIVE;

	private TrainedSample() {
	}

	/**
	 * Return the options of a JVM that uses the archive, and make it if that was not done
	 * yet.
	 */
	static List<String> options() {
		return Training.DONE;
	}

	/**
	 * Makes the archive once for all tests, with little warm-up.
	 */
	private static final class Training {

		static final List<String> DONE = train();

		private static List<String> train() {
			Path script = PACKED.resolve("../../train").normalize();
			ProcessBuilder train = new ProcessBuilder(script.toString(), "--pingora.upgrade.warm-up.timeout=2s");
			train.environment().put("JAVA_HOME", System.getProperty("java.home"));
			try {
				Process training = train.inheritIO().start();
				assertThat(training.waitFor(2, TimeUnit.MINUTES)).as("the training ends").isTrue();
				assertThat(training.exitValue()).isZero();
				return List.of(OPTION);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
