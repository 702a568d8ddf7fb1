package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.pingora.sample.load.StrictConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A JVM that runs the sample, started by a test and ended with it.
 */
final class SampleProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

	/**
	 * Lets a JVM start sooner in the ordinary build, and be as it is in the long runs.
	 */
	private static final String JVM_OPTION = System.getProperty("sample.jvm.option", "-XX:+TieredCompilation");

	private static final boolean AS_IT_IS = JVM_OPTION.equals("-XX:+TieredCompilation");

	private final Process process;

	private final Path log;

	private int seen;

	private SampleProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	static SampleProcess start(Path directory, List<String> command) {
		try {
			Path log = Files.createTempFile(directory, "sample-", ".log");
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.redirectOutput(log.toFile())
				.start();
			return new SampleProcess(process, log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the command that runs the sample as it starts fastest: unpacked.
	 */
	static List<String> jar(List<String> jvmOptions, List<String> arguments) {
		List<String> options = new ArrayList<>(TrainedSample.options());
		options.addAll(jvmOptions);
		return jar(TrainedSample.JAR, options, arguments);
	}

	/**
	 * Return the command that runs the sample's jar as it is built.
	 */
	static List<String> packedJar(List<String> arguments) {
		return jar(TrainedSample.PACKED, List.of(), arguments);
	}

	/**
	 * Return the command that runs a jar of the sample.
	 */
	static List<String> jar(Path jar, List<String> jvmOptions, List<String> arguments) {
		return java(jvmOptions, List.of("-jar", jar.toString()), arguments);
	}

	/**
	 * Return the command that runs the sample with the classes of the tests, for
	 * configurations that fail.
	 */
	static List<String> classes(Class<?> configuration, List<String> arguments) {
		List<String> command = classes(WebServerKind.NETTY, arguments);
		command.add("--spring.main.sources=" + configuration.getName());
		return command;
	}

	/**
	 * Return the command that runs the sample on a web server of that kind.
	 */
	static List<String> classes(WebServerKind kind, List<String> arguments) {
		String classPath = kind.classPath();
		return java(AS_IT_IS ? List.of("-cp", classPath) : ArchivedClassPath.options(classPath),
				SampleApplication.class, arguments);
	}

	/**
	 * Return the command that runs Spring Cloud Gateway.
	 */
	static List<String> gateway(Class<?> application, List<String> arguments) {
		return java(List.of("-cp", WebServerKind.classPathOfGateway()), application, arguments);
	}

	/**
	 * Return the command that runs an application of its own, with the starter or without
	 * it.
	 */
	static List<String> plain(Class<?> application, WebServerKind kind, boolean starter, List<String> arguments) {
		return java(List.of("-cp", kind.classPathOfPlain(starter)), application, arguments);
	}

	/**
	 * Return the command that runs an application with these options of the JVM.
	 */
	static List<String> java(List<String> jvmOptions, Class<?> application, List<String> arguments) {
		return java(jvmOptions, List.of(application.getName()), arguments);
	}

	private static List<String> java(List<String> jvmOptions, List<String> program, List<String> arguments) {
		List<String> command = new ArrayList<>(List.of(JAVA.toString(), JVM_OPTION));
		command.addAll(jvmOptions);
		command.addAll(program);
		command.addAll(arguments);
		return command;
	}

	long pid() {
		return this.process.pid();
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the lines of the application, without the thread dumps of SIGQUIT.
	 */
	private String messages() {
		return log().lines()
			.filter((line) -> line.startsWith("2") || line.contains("pingora"))
			.collect(Collectors.joining("\n"));
	}

	/**
	 * Wait for a text in what is logged after the last call of {@link #forget()}.
	 */
	SampleProcess awaitLog(String text) {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
			assertThat(this.process.isAlive() || news().contains(text)).as(messages()).isTrue();
			return news().contains(text);
		});
		return this;
	}

	/**
	 * Wait for nothing any more that has been logged so far.
	 */
	SampleProcess forget() {
		this.seen = log().length();
		return this;
	}

	/**
	 * Return what was logged after the last call of {@link #forget()}.
	 */
	String news() {
		return log().substring(this.seen);
	}

	/**
	 * Wait until an upgrade has failed and the process serves as before.
	 */
	SampleProcess awaitUpgradeFailed() {
		return awaitLog("Upgrade failed, this process goes on serving").awaitRunning();
	}

	SampleProcess awaitRunning() {
		return awaitLog("Phase RUNNING");
	}

	/**
	 * Return what the kernel shows of each of its threads.
	 */
	List<Path> threads() {
		return threads(pid());
	}

	static List<Path> threads(long pid) {
		try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
			return threads.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the port of a service, which the log tells.
	 */
	int port(String service) {
		Matcher matcher = Pattern.compile("Listening on \\S+:(\\d+) \\(%s\\)".formatted(service)).matcher(log());
		assertThat(matcher.find()).as(messages()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

	/**
	 * Connect to a service.
	 * @param timeout how long to wait for what it answers
	 */
	StrictConnection connect(String service, Duration timeout) throws IOException {
		return new StrictConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(service)), timeout);
	}

	SampleProcess signal(String name) {
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return how long the processors have worked for it.
	 */
	Duration processorTime() {
		return this.process.info().totalCpuDuration().orElseThrow();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	int awaitExit() {
		try {
			assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(messages()).isTrue();
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the pid of the first successor that the process has started itself.
	 */
	long startedSuccessor() {
		List<Long> started = startedSuccessors();
		assertThat(started).as(log()).isNotEmpty();
		return started.get(0);
	}

	/**
	 * End what the process has started itself, whose log is the same.
	 */
	void endSuccessors() {
		startedSuccessors().stream().flatMap((pid) -> ProcessHandle.of(pid).stream()).forEach(SampleProcess::end);
	}

	private List<Long> startedSuccessors() {
		return Pattern.compile("Started the successor \\(pid (\\d+)\\)")
			.matcher(log())
			.results()
			.map((result) -> Long.parseLong(result.group(1)))
			.toList();
	}

	private static void end(ProcessHandle successor) {
		successor.destroyForcibly();
		await().atMost(PATIENCE).until(() -> !successor.isAlive());
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		awaitExit();
	}

}
