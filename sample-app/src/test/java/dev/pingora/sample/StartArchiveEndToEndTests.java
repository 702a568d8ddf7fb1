package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with the archive that {@code sample-app/train} makes: an AOT cache where the
 * JVM has them, and else a shared archive of classes.
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class StartArchiveEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int STARTS = 7;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void startIsFasterWithIt() throws IOException {
		List<Long> packed = new ArrayList<>();
		List<Long> unpacked = new ArrayList<>();
		List<Long> archived = new ArrayList<>();
		for (int i = 0; i < STARTS; i++) {
			packed.add(millisToFirstResponse(TrainedSample.PACKED, false));
			unpacked.add(millisToFirstResponse(TrainedSample.JAR, false));
			archived.add(millisToFirstResponse(TrainedSample.JAR, true));
		}
		System.out.printf("%s first response after: jar %d ms %s, unpacked %d ms %s, with %s %d ms %s%n",
				Runtime.version(), Median.of(packed), packed, Median.of(unpacked), unpacked,
				TrainedSample.ARCHIVE.getFileName(), Median.of(archived), archived);
		assertThat(Median.of(archived)).isLessThan(Median.of(unpacked));
	}

	@Test
	void successorUsesItWhileItFitsTheJar() throws IOException {
		SampleProcess first = start(TrainedSample.JAR, true).awaitRunning();
		assertThat(uses(first.pid())).isTrue();
		long second = upgrade(first);
		assertThat(uses(second)).isTrue();
		assertThat(first.awaitExit()).isZero();
	}

	@Test
	void successorStartsWithoutItWhenTheJarIsAnother() throws IOException {
		SampleProcess first = start(TrainedSample.JAR, true).awaitRunning();
		FileTime built = Files.getLastModifiedTime(TrainedSample.JAR);
		Files.setLastModifiedTime(TrainedSample.JAR, FileTime.from(Instant.EPOCH));
		try {
			assertThat(uses(upgrade(first))).isFalse();
			assertThat(first.awaitExit()).isZero();
		}
		finally {
			Files.setLastModifiedTime(TrainedSample.JAR, built);
		}
	}

	/**
	 * Return the pid of the successor that the process starts and hands over to.
	 */
	private static long upgrade(SampleProcess current) throws IOException {
		try (StrictConnection connection = current.connect("management", TIMEOUT)) {
			Response answer = connection.post("/actuator/pingora/upgrade", null);
			assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		}
		return current.startedSuccessor();
	}

	private static boolean uses(long pid) throws IOException {
		return Files.readString(Path.of("/proc", Long.toString(pid), "maps"))
			.contains(TrainedSample.ARCHIVE.toString());
	}

	private long millisToFirstResponse(Path jar, boolean archive) throws IOException {
		long begin = System.nanoTime();
		SampleProcess server = start(jar, archive).awaitRunning();
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			assertThat(connection.get("/hello").status()).isEqualTo(200);
		}
		long millis = (System.nanoTime() - begin) / 1_000_000;
		server.signal("KILL").awaitExit();
		return millis;
	}

	private SampleProcess start(Path jar, boolean archive) {
		List<String> options = TrainedSample.options();
		return this.processes.run(SampleProcess.jar(jar, archive ? options : List.of(), this.processes.arguments()));
	}

}
