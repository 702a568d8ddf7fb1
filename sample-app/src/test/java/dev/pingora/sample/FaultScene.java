package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server under load that goes through one fault after the other, with the processes
 * that are to succeed it.
 */
final class FaultScene {

	/** The clients of {@link StrictLoad#light()}, each of which has one connection. */
	static final int CLIENTS = 12;

	static final Duration ANSWER = Duration.ofSeconds(2);

	private static final Pattern CHOSEN = Pattern.compile(System.getProperty("faults.only", ""));

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final List<String> ARGUMENTS = List.of("--spring.main.web-application-type=none",
			"--logging.config=classpath:faults-logback.xml", "--pingora.upgrade.connect-timeout=1s",
			"--pingora.upgrade.answer-timeout=" + ANSWER.toMillis() + "ms", "--pingora.upgrade.ready-timeout=8s",
			"--pingora.upgrade.receive-timeout=8s", "--pingora.upgrade.drain-timeout=20s",
			"--pingora.upgrade.drain-spread=500ms");

	private final SampleProcesses processes;

	private final Path directory;

	private final List<String> arguments;

	private final Map<SampleProcess, Path> faults = new HashMap<>();

	private final List<FaultRow> rows = new ArrayList<>();

	private SampleProcess server;

	private SampleProcess exitsWithoutMemory;

	private StrictLoad load;

	private long begin;

	/**
	 * Return whether a row is to be run, by its name.
	 */
	static boolean isChosen(String row) {
		return CHOSEN.matcher(row).find();
	}

	FaultScene(SampleProcesses processes, String... arguments) {
		this(processes, processes.directory(), arguments);
	}

	/**
	 * Create the scene.
	 * @param directory the directory of the upgrade socket
	 * @param arguments what all processes are started with besides
	 */
	FaultScene(SampleProcesses processes, Path directory, String... arguments) {
		this.processes = processes;
		this.directory = directory;
		this.arguments = List.of(arguments);
	}

	/**
	 * Begin to load the server, which is started where none serves.
	 */
	FaultScene begin() {
		if (this.server == null || this.server == this.exitsWithoutMemory) {
			startServer(Mishap.NONE);
		}
		return load();
	}

	private SampleProcess startServer(Mishap mishap) {
		this.processes.alive().forEach(SampleProcess::close);
		this.server = start(mishap, "").awaitRunning();
		return this.server;
	}

	private FaultScene load() {
		this.server.forget();
		this.begin = System.nanoTime();
		this.load = new StrictLoad(this.server.port("echo")).light();
		await().atMost(PATIENCE).until(() -> this.load.served() > 50);
		return this;
	}

	SampleProcess server() {
		return this.server;
	}

	Path upgradeSocket() {
		return this.directory.resolve("upgrade.sock");
	}

	/**
	 * Begin with a server of its own that exits when no memory is left.
	 */
	FaultScene beginWithoutMemory() {
		this.exitsWithoutMemory = startServer(Mishap.OUT_OF_MEMORY);
		return load();
	}

	/**
	 * Start a process to which something happens at a line of its log.
	 */
	SampleProcess start(Mishap mishap, String line, String... arguments) {
		return start(List.of(), mishap, line, arguments);
	}

	/**
	 * Start such a process by a command that runs another.
	 */
	SampleProcess start(List<String> by, Mishap mishap, String line, String... arguments) {
		Path fault = this.processes.directory().resolve("fault-" + this.faults.size());
		write(fault, mishap, line);
		List<String> all = new ArrayList<>(List.of(arguments));
		all.addAll(this.arguments);
		ARGUMENTS.stream().filter((argument) -> !isGiven(argument, all)).forEach(all::add);
		all.add("--pingora.upgrade.sock=" + upgradeSocket());
		List<String> command = SampleProcess.classes(WebServerKind.NETTY,
				this.processes.arguments(all.toArray(String[]::new)));
		command.addAll(2, List.of("-Xmx256m", "-Dfault.file=" + fault,
				(mishap == Mishap.OUT_OF_MEMORY) ? "-XX:+ExitOnOutOfMemoryError" : "-XX:-ExitOnOutOfMemoryError"));
		command.addAll(0, by);
		SampleProcess started = this.processes.run(command);
		this.faults.put(started, fault);
		return started;
	}

	private static boolean isGiven(String argument, List<String> given) {
		String option = argument.substring(0, argument.indexOf('=') + 1);
		return given.stream().anyMatch((other) -> other.startsWith(option));
	}

	/**
	 * Start a successor that waits for the sockets.
	 */
	SampleProcess successor(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("-u");
		return start(Mishap.NONE, "", all.toArray(String[]::new)).awaitLog("Waiting for the predecessor");
	}

	/**
	 * Let something happen to a process that runs, at a line of its log.
	 */
	void arm(SampleProcess process, Mishap mishap, String line) {
		write(this.faults.get(process), mishap, line);
	}

	private static void write(Path fault, Mishap mishap, String line) {
		if (mishap == Mishap.NONE || line.isEmpty()) {
			return;
		}
		try {
			Path whole = Files.writeString(fault.resolveSibling(fault.getFileName() + ".new"), mishap.at(line));
			Files.move(whole, fault, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Open a connection that ends when the client wants: the server drains until then.
	 */
	Socket hold() {
		try {
			Socket held = new Socket(InetAddress.getLoopbackAddress(), this.server.port("tcp-echo"));
			held.setSoTimeout((int) PATIENCE.toMillis());
			echo(held);
			return held;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Send a byte over a connection and receive it.
	 */
	static void echo(Socket held) throws IOException {
		held.getOutputStream().write('x');
		assertThat(held.getInputStream().read()).isEqualTo('x');
	}

	/**
	 * Say that another process serves from now on.
	 */
	void succeededBy(SampleProcess successor) {
		this.server = successor;
	}

	/**
	 * Check that one process alone serves and that nothing was lost but what processes
	 * had accepted that were killed outright.
	 * @param cut whether one was
	 */
	void end(FaultRow.Case what, boolean cut) {
		long byServer = this.load.servedBy(this.server.pid());
		long served = this.load.served();
		await().atMost(PATIENCE).until(() -> this.load.served() > served + 100 || !unexpected(cut).isEmpty());
		this.load.finish();
		assertThat(unexpected(cut)).as(this.server.news()).isEmpty();
		assertThat(this.load.servedBy(this.server.pid()) - byServer)
			.isGreaterThanOrEqualTo(this.load.served() - served);
		assertThat(this.load.failures()).hasSizeLessThanOrEqualTo(cut ? CLIENTS : 0);
		assertThat(this.processes.alive()).containsExactly(this.server);
		add(what);
	}

	/**
	 * Check the same where nothing was killed.
	 */
	void end() {
		end(FaultRow.Case.NONE, false);
	}

	/**
	 * Return the failures that even a process which is killed does not excuse.
	 */
	private List<String> unexpected(boolean cut) {
		return this.load.failures()
			.stream()
			.filter((failure) -> !cut || (!failure.contains(" RESET ") && !failure.contains(" EARLY_END ")))
			.toList();
	}

	/**
	 * Say that nobody could go on serving, because nobody else had the sockets.
	 */
	void endWithoutServer(FaultRow.Case what) {
		this.load.finish();
		this.server = null;
		add(what);
		assertThat(this.processes.alive()).isEmpty();
	}

	private void add(FaultRow.Case what) {
		this.rows
			.add(new FaultRow(what, this.load.served(), this.load.tallies().stream().mapToLong(Tally::failed).sum(),
					Duration.ofNanos(System.nanoTime() - this.begin)));
	}

	/**
	 * Hand over to a successor that nothing happens to.
	 */
	void upgrade() {
		SampleProcess predecessor = this.server;
		handOver();
		assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
	}

	/**
	 * Hand over to a successor that nothing happens to, and do not wait for the end of
	 * the predecessor.
	 * @return the successor
	 */
	SampleProcess handOver() {
		SampleProcess successor = successor();
		this.server.signal("QUIT").awaitLog("Phase DRAINING");
		this.server = successor.awaitRunning();
		return successor;
	}

	/**
	 * Leave nothing of a fault that was not survived as expected to the next one.
	 */
	void abandon() {
		if (this.load != null) {
			this.load.close();
		}
		this.server = null;
	}

	List<FaultRow> rows() {
		return List.copyOf(this.rows);
	}

}
