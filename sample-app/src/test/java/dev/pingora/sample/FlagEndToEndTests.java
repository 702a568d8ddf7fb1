package dev.pingora.sample;

import java.util.List;

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

}
