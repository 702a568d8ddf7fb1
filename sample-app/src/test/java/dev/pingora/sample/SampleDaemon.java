package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process of the sample in the background, which is nobody's child. Only the kernel
 * knows how it is.
 *
 * @param pid its process id, from its pid file
 * @param errorLog where it writes
 */
record SampleDaemon(long pid, Path errorLog) {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	static SampleDaemon of(Path pidFile, Path errorLog) {
		return new SampleDaemon(Long.parseLong(read(pidFile).strip()), errorLog);
	}

	private static String read(Path path) {
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return a line of {@code /proc/<pid>/status}, after its name.
	 */
	String status(String name) {
		return read(proc("status")).lines()
			.filter((line) -> line.startsWith(name + ":"))
			.map((line) -> line.substring(name.length() + 1).strip())
			.findFirst()
			.orElseThrow();
	}

	Path proc(String name) {
		return Path.of("/proc", Long.toString(this.pid), name);
	}

	Path link(String name) {
		try {
			return Files.readSymbolicLink(proc(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the fields of {@code /proc/<pid>/stat} from the third on, as proc(5) counts.
	 */
	List<String> stat() {
		String stat = read(proc("stat"));
		return List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
	}

	/**
	 * Return whether the process runs. One that nobody has waited for is dead all the
	 * same.
	 */
	boolean isAlive() {
		try {
			return Files.exists(proc("stat")) && !stat().get(0).equals("Z");
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	void awaitExit() {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !isAlive());
	}

	SampleDaemon awaitLog(String text) {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> log().contains(text));
		return this;
	}

	String log() {
		return read(this.errorLog);
	}

	int port(String service) {
		Matcher matcher = Pattern.compile("Listening on \\S+:(\\d+) \\(%s\\)".formatted(service)).matcher(log());
		assertThat(matcher.find()).as(log()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	SampleDaemon signal(String name) {
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(this.pid)).start().waitFor();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
