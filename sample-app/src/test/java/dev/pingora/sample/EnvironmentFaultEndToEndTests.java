package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.pingora.broken.FailingBean;
import dev.pingora.broken.FailingRunner;
import dev.pingora.broken.Stranger;
import dev.pingora.broken.WaitingRunner;
import dev.pingora.sample.FaultRow.Case;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the machine, the configuration or a stranger can do to an upgrade: the predecessor
 * goes on serving, both processes say why, and the next upgrade works.
 */
class EnvironmentFaultEndToEndTests {

	private static final boolean ALL = Boolean.getBoolean("faults");

	private static final Set<String> SHORT = Set.of("socket file removed", "version unknown",
			"descriptor limit of the predecessor", "ready-timeout");

	private static final String GOES_ON = "Upgrade failed, this process goes on serving: ";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final boolean root = Files.isWritable(Path.of("/proc/1/oom_score_adj"));

	private FaultScene scene;

	private TinyDisk disk;

	@BeforeEach
	void prepare() throws IOException {
		Path run = this.processes.directory().resolve("run");
		if (this.root && ALL) {
			this.disk = TinyDisk.mount(run);
		}
		else {
			Files.createDirectory(run);
		}
		this.scene = new FaultScene(this.processes, run);
	}

	@AfterEach
	void unmount() {
		if (this.disk != null) {
			this.processes.alive().forEach(SampleProcess::close);
			this.disk.close();
		}
	}

	@TestFactory
	Stream<DynamicTest> serverIsServedWhateverItsSurroundingsDo() {
		Map<String, Fault> faults = new LinkedHashMap<>();
		faults.put("socket file removed", this::socketFileIsRemoved);
		faults.put("disk full", this::diskIsFull);
		faults.put("path not writable", this::pathIsNotWritable);
		faults.put("wrong owner", this::strangerWaits);
		faults.put("descriptor limit of the successor", this::successorHasNoDescriptors);
		faults.put("descriptor limit of the predecessor", this::predecessorHasNoDescriptors);
		faults.put("version unknown", this::versionIsUnknown);
		faults.put("context fails", () -> applicationFails(FailingBean.class, "this version is broken"));
		faults.put("runner throws", () -> applicationFails(FailingRunner.class, "the migration failed"));
		faults.put("port of a new listener in use", this::portIsInUse);
		faults.put("ready-timeout", this::successorIsNotReady);
		return faults.entrySet()
			.stream()
			.filter((fault) -> (ALL || SHORT.contains(fault.getKey())) && FaultScene.isChosen(fault.getKey()))
			.map((fault) -> DynamicTest.dynamicTest(fault.getKey(), () -> run(fault.getKey(), fault.getValue())))
			.onClose(() -> System.out.println(FaultRow.table(this.scene.rows())));
	}

	private void run(String name, Fault fault) throws IOException {
		boolean survived = false;
		try {
			this.scene.begin();
			String exits = fault.happen();
			this.scene.end(new Case("", name, "", "the predecessor goes on", exits), false);
			if (ALL) {
				this.scene.upgrade();
			}
			survived = true;
		}
		finally {
			if (!survived) {
				this.scene.abandon();
			}
		}
	}

	private String socketFileIsRemoved() throws IOException {
		SampleProcess successor = this.scene.successor("--pingora.upgrade.receive-timeout=4s");
		Files.delete(this.scene.upgradeSocket());
		this.scene.server().signal("QUIT").awaitLog(GOES_ON + "No successor listens");
		return failed(successor, "No predecessor handed over");
	}

	private String diskIsFull() throws IOException {
		Assumptions.assumeTrue(this.disk != null, "only root can mount a tiny disk");
		List<Path> full = this.disk.fill();
		String exits = successorCannotListen("No space left on device");
		for (Path file : full) {
			Files.delete(file);
		}
		return exits;
	}

	private String pathIsNotWritable() {
		Assumptions.assumeTrue(this.disk != null, "only root can mount a tiny disk");
		this.disk.makeWritable(false);
		String exits = successorCannotListen("Read-only file system");
		this.disk.makeWritable(true);
		return exits;
	}

	private String successorCannotListen(String reason) {
		SampleProcess successor = this.scene.start(Mishap.NONE, "", "-u");
		String exits = failed(successor, "Cannot listen on 'pingora.upgrade.sock'", reason);
		this.scene.server().signal("QUIT").awaitLog(GOES_ON + "No successor listens");
		return exits;
	}

	/**
	 * A process of another user waits where the successor should, because the directory
	 * was left open to everybody.
	 */
	private String strangerWaits() throws IOException {
		Assumptions.assumeTrue(this.root, "only root can become another user");
		Path directory = this.scene.upgradeSocket().getParent();
		Path classes = Files.createDirectories(this.processes.directory().resolve("stranger/dev/pingora/broken"));
		Files.write(classes.resolve("Stranger.class"),
				Stranger.class.getResourceAsStream("Stranger.class").readAllBytes());
		open(this.processes.directory(), "rwxr-xr-x");
		open(directory, "rwxrwxrwx");
		SampleProcess stranger = stranger(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
				this.processes.directory().resolve("stranger"), "HELLO pingora-spring/1 pid=1 generation=0");
		this.scene.server()
			.signal("QUIT")
			.awaitLog(GOES_ON + "The process that listens belongs to the user 65534, who is not trusted");
		assertThat(stranger.awaitExit()).as(stranger.log()).isZero();
		assertThat(stranger.log()).doesNotContain("HELLO");
		open(directory, "rwx------");
		return "stranger 0";
	}

	private static void open(Path directory, String permissions) throws IOException {
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
	}

	private SampleProcess stranger(List<String> by, Path classes, String says) {
		List<String> command = new ArrayList<>(by);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				classes.toString(), Stranger.class.getName(), this.scene.upgradeSocket().toString(), says));
		return this.processes.run(command).awaitLog("Waiting");
	}

	private String successorHasNoDescriptors() throws IOException {
		SampleProcess successor = this.scene.successor("--pingora.upgrade.receive-timeout=4s");
		limit(successor, highestDescriptor(successor) + 3);
		this.scene.server().signal("QUIT").awaitLog(GOES_ON);
		return failed(successor, "APPLICATION FAILED TO START");
	}

	private String predecessorHasNoDescriptors() throws IOException {
		SampleProcess server = this.scene.server();
		SampleProcess successor = this.scene.successor("--pingora.upgrade.receive-timeout=4s");
		limit(server, highestDescriptor(server) + 1);
		server.signal("QUIT").awaitLog(GOES_ON);
		limit(server, 4096);
		return failed(successor, "No predecessor handed over");
	}

	private static int highestDescriptor(SampleProcess process) throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
			return descriptors.mapToInt((descriptor) -> Integer.parseInt(descriptor.getFileName().toString()))
				.max()
				.orElseThrow();
		}
	}

	private static void limit(SampleProcess process, int descriptors) throws IOException {
		try {
			assertThat(
					new ProcessBuilder("prlimit", "--pid=" + process.pid(), "--nofile=" + descriptors + ":").inheritIO()
						.start()
						.waitFor())
				.isZero();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String versionIsUnknown() {
		String classes = Stream.of(System.getProperty("java.class.path").split(":"))
			.filter((entry) -> entry.endsWith("test-classes"))
			.findFirst()
			.orElseThrow();
		SampleProcess stranger = stranger(List.of(), Path.of(classes), "HELLO pingora-spring/9 pid=1 generation=0");
		this.scene.server().signal("QUIT").awaitLog(GOES_ON + "The other process speaks another protocol");
		assertThat(stranger.awaitExit()).as(stranger.log()).isZero();
		return "stranger 0";
	}

	private String applicationFails(Class<?> configuration, String reason) {
		SampleProcess successor = this.scene.successor("--spring.main.sources=" + configuration.getName());
		this.scene.server().signal("QUIT").awaitLog(GOES_ON).awaitLog(reason);
		return failed(successor, reason);
	}

	private String portIsInUse() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SampleProcess successor = this.scene
				.successor("--pingora.services.echo.listeners=127.0.0.1:0,127.0.0.1:" + taken.getLocalPort());
			this.scene.server().signal("QUIT").awaitLog(GOES_ON);
			return failed(successor, "the address is in use");
		}
	}

	private String successorIsNotReady() throws IOException {
		Path late = this.processes.directory().resolve("late");
		SampleProcess successor = this.scene.successor("--spring.main.sources=" + WaitingRunner.class.getName(),
				"--wait.for=" + late);
		this.scene.server().signal("QUIT").awaitLog(GOES_ON + "The other process did not send PREPARED in time");
		Files.createFile(late);
		String exits = failed(successor, "did not send PREPARED in time");
		Files.delete(late);
		return exits;
	}

	private static String failed(SampleProcess successor, String... reasons) {
		assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(1);
		assertThat(successor.log()).contains(reasons);
		return "successor 1";
	}

	/**
	 * Something that happens while the server is loaded.
	 */
	private interface Fault {

		String happen() throws IOException;

	}

}
