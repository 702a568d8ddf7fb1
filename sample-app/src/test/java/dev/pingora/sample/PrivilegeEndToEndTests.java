package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process that is started as root and told not to stay it.
 */
class PrivilegeEndToEndTests {

	private static final Path SELF = Path.of("/proc/self");

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private Path run;

	@BeforeEach
	void createDirectoryOfTheUser() throws IOException {
		Assumptions.assumeTrue(uid(SELF) == 0, "only root can become another user");
		Path directory = this.processes.directory();
		Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
		this.run = Files.createDirectory(directory.resolve("run"));
		Files.setAttribute(this.run, "unix:uid", nobody(), LinkOption.NOFOLLOW_LINKS);
	}

	private static int uid(Path path) throws IOException {
		return (int) Files.getAttribute(path, "unix:uid");
	}

	private static int nobody() throws IOException {
		return Files.readAllLines(Path.of("/etc/passwd"))
			.stream()
			.filter((line) -> line.startsWith("nobody:"))
			.mapToInt((line) -> Integer.parseInt(line.split(":")[2]))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void everyThreadIsTheUsersAndTheUserUpgradesUnderLoad() throws IOException {
		SampleProcess first = start().awaitRunning();
		checkUnprivileged(first);
		try (StrictLoad load = new StrictLoad(first.port("echo")).mixed()) {
			SampleProcess second = start("-u").awaitLog("Waiting for the predecessor");
			first.signal("QUIT");
			second.awaitRunning();
			await().atMost(Duration.ofSeconds(30)).until(() -> load.servedBy(second.pid()) > 100);
			assertThat(first.awaitExit()).as(first.log()).isZero();
			checkUnprivileged(second);
			assertThat(load.finish().failures()).isEmpty();
			System.out.println(Tally.table(load.tallies()));
			assertThat(second.signal("TERM").awaitExit()).isEqualTo(143);
		}
		assertThat(this.run.resolve("app.pid")).doesNotExist();
	}

	private SampleProcess start(String... flags) {
		return this.processes.start(
				Stream
					.concat(Stream.of(flags),
							Stream.of("--pingora.user=nobody", "--pingora.pid-file=" + this.run.resolve("app.pid"),
									"--pingora.upgrade.sock=" + this.run.resolve("upgrade.sock")))
					.toArray(String[]::new));
	}

	private void checkUnprivileged(SampleProcess process) throws IOException {
		String uid = "\t%1$d\t%1$d\t%1$d\t%1$d".formatted(nobody());
		List<Path> threads = process.threads();
		assertThat(threads).hasSizeGreaterThan(10);
		assertThat(threads)
			.allSatisfy((thread) -> assertThat(Files.readString(thread.resolve("status"))).contains("\nUid:" + uid)
				.doesNotContainPattern("\nGid:(\t\\d+)*\t0\\s")
				.doesNotContainPattern("\nGroups:\t(\\d+ )*0 ")
				.contains("\nCapEff:\t0000000000000000", "\nCapPrm:\t0000000000000000"));
		System.out.println("%d threads of process %d: %s".formatted(threads.size(), process.pid(), line(threads)));
	}

	private static String line(List<Path> threads) {
		try {
			return Files.readString(threads.get(0).resolve("status"))
				.lines()
				.filter((line) -> line.matches("(Uid|Gid|Groups|CapEff):.*"))
				.toList()
				.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void pidFileThatTheUserMayNotWriteFailsTheStartBeforeAnythingIsAccepted() {
		SampleProcess server = this.processes.start("--pingora.user=nobody",
				"--pingora.pid-file=" + this.processes.directory().resolve("app.pid"));
		assertThat(server.awaitExit()).isEqualTo(1);
		assertThat(server.log()).contains("APPLICATION FAILED TO START")
			.contains("'pingora.pid-file'")
			.contains("may not write to its directory")
			.doesNotContain("Phase RUNNING");
	}

}
