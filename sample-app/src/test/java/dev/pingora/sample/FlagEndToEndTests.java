package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The flags of a real process, and its exit codes.
 */
class FlagEndToEndTests {

	private static final String USAGE = "Usage: java -jar sample-app.jar [-dtuhV] [-c FILE] [ARGUMENT...]\n";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void helpIsShownWithoutStartingAnything() {
		SampleProcess help = this.processes.start("-h");
		assertThat(help.awaitExit()).isZero();
		assertThat(help.log()).startsWith(USAGE).contains("-u, --upgrade").doesNotContain("Spring Boot ::");
	}

	@Test
	void versionIsThatOfTheManifest() {
		SampleProcess version = this.processes.start("--version");
		assertThat(version.awaitExit()).isZero();
		assertThat(version.log()).matches("(?s)Pingora Spring Boot Sample \\d\\S+\npingora-spring-boot \\d.*");
	}

	@ParameterizedTest
	@CsvSource({ "--upgrade=maybe, Invalid value for option '--upgrade': 'maybe' is not a boolean",
			"-dc, Missing required parameter for option '--conf' (FILE)" })
	void flagThatMakesNoSenseIsRefusedWithAUsageLine(String flag, String reason) {
		SampleProcess refused = this.processes.run(SampleProcess.jar(List.of(), List.of(flag)));
		assertThat(refused.awaitExit()).isEqualTo(2);
		assertThat(refused.log()).isEqualTo(reason + "\n" + USAGE);
	}

	@Test
	void flagsAreForTheApplicationWhereTheyAreSwitchedOff() {
		SampleProcess server = this.processes.start("-u", "-h", "--version", "--pingora.cli.enabled=false");
		server.awaitRunning();
		assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
	}

	@Test
	void switchThatComesTooLateIsRefused() {
		SampleProcess server = this.processes
			.start(List.of("-Dspring.application.json={\"pingora.cli.enabled\":false}"));
		assertThat(server.awaitExit()).isEqualTo(1);
		assertThat(server.log()).contains("APPLICATION FAILED TO START")
			.contains("The property 'pingora.cli.enabled' has the value 'false'")
			.contains("PINGORA_CLI_ENABLED");
	}

	@Test
	void testOfTheConfigurationChangesNothingForTheServerThatRuns() throws IOException {
		Path unix = this.processes.directory().resolve("app.sock");
		SampleProcess server = this.processes.start("--pingora.services.tcp-echo.listeners=unix:" + unix)
			.awaitRunning();
		List<Path> files = files();
		SampleProcess test = this.processes.start("-t", "--pingora.services.tcp-echo.listeners=unix:" + unix,
				"--pingora.services.echo.listeners=127.0.0.1:" + server.port("echo"),
				"--server.port=" + server.port("web"), "--pingora.pid-file=" + unix.resolveSibling("app.pid"),
				"--pingora.error-log=" + unix.resolveSibling("error.log"));
		assertThat(test.awaitExit()).as(test.log()).isZero();
		assertThat(test.log()).contains("The configuration of sample-app is valid:")
			.contains("listener        127.0.0.1:%d (echo): in use by process %d".formatted(server.port("echo"),
					server.pid()))
			.contains("listener        %s (tcp-echo): in use".formatted(unix))
			.contains("%d (web): in use by process %d".formatted(server.port("web"), server.pid()))
			.contains("upgrade socket  %s/upgrade.sock can be listened on".formatted(this.processes.directory()))
			.contains("pid file        %s/app.pid can be written".formatted(this.processes.directory()))
			.contains("error log       %s/error.log can be written".formatted(this.processes.directory()))
			.doesNotContain("Phase ");
		assertThat(files()).hasSize(files.size() + 1).containsAll(files);
		assertThat(server.signal("TERM").awaitExit()).isEqualTo(143);
	}

	private List<Path> files() throws IOException {
		try (Stream<Path> files = Files.list(this.processes.directory())) {
			return files.toList();
		}
	}

	@ParameterizedTest
	@CsvSource({ "--pingora.services.echo.listeners=192.0.2.1:80, 192.0.2.1:80",
			"--server.ssl.key-store=/nowhere.p12, /nowhere.p12",
			"--pingora.upgrade.sock=/nowhere/upgrade.sock, '/nowhere'" })
	void testOfTheConfigurationFailsAsAStartDoes(String argument, String reason) {
		SampleProcess test = this.processes.start("-t", argument);
		assertThat(test.awaitExit()).isEqualTo(1);
		assertThat(test.log()).contains(reason).doesNotContain("is valid");
	}

}
