package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for the file of {@code -c}: Spring's and Pingora's.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationFileTests {

	private static final String PINGORA = """
			---
			version: 1
			threads: 3
			pid_file: /run/app.pid
			upgrade_sock: /run/app.sock
			error_log: /var/log/app.log
			user: nobody
			group: nogroup
			working_directory: /usr
			daemon_wait_for_ready: false
			daemon_ready_timeout_seconds: 20
			grace_period_seconds: 7
			graceful_shutdown_timeout_seconds: 8
			upgrade_sock_connect_accept_max_retries: 9
			max_blocking_threads: 10
			listener_tasks_per_fd: 2
			client_bind_to_ipv4: [ 1.2.3.4 ]
			my_own_key: mine
			pingora:
			  threads: 4
			""";

	@TempDir
	private Path directory;

	@Test
	void ordinaryFileOverridesTheApplicationAndIsOverriddenByArguments() throws IOException {
		Path file = write("any.conf", "a: file\nb: file\nuser: joe\nspring.config.activate.on-profile: p\n");
		Environment environment = run("-c", file.toString(), "--b=argument", "--spring.profiles.active=p");
		assertThat(environment.getProperty("a")).isEqualTo("file");
		assertThat(environment.getProperty("b")).isEqualTo("argument");
		assertThat(environment.getProperty("pingora.user")).isNull();
	}

	@Test
	void fileIsAddedToTheLocationsThatSpringHas() throws IOException {
		Path other = write("other.yml", "a: other\nb: other\n");
		Path file = write("file.yml", "a: file\n");
		Environment environment = run("--spring.config.additional-location=file:" + other, "--conf=" + file);
		assertThat(environment.getProperty("a")).isEqualTo("file");
		assertThat(environment.getProperty("b")).isEqualTo("other");
	}

	@Test
	void keysOfPingoraAreUnderstoodAndStayAvailable(CapturedOutput output) throws IOException {
		Environment environment = run("-c", write("pingora.conf", PINGORA).toString());
		assertThat(environment.getProperty("pingora.threads")).isEqualTo("4");
		assertThat(environment.getProperty("pingora.pid-file")).isEqualTo("/run/app.pid");
		assertThat(environment.getProperty("pingora.upgrade.sock")).isEqualTo("/run/app.sock");
		assertThat(environment.getProperty("pingora.error-log")).isEqualTo("/var/log/app.log");
		assertThat(environment.getProperty("pingora.user")).isEqualTo("nobody");
		assertThat(environment.getProperty("pingora.group")).isEqualTo("nogroup");
		assertThat(environment.getProperty("pingora.working-directory")).isEqualTo("/usr");
		assertThat(environment.getProperty("pingora.daemon.wait-for-ready")).isEqualTo("false");
		assertThat(environment.getProperty("pingora.daemon.ready-timeout")).isEqualTo("20s");
		assertThat(environment.getProperty("pingora.shutdown.grace-period")).isEqualTo("7s");
		assertThat(environment.getProperty("pingora.upgrade.drain-timeout")).isEqualTo("7s");
		assertThat(environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase")).isEqualTo("8s");
		assertThat(environment.getProperty("pingora.upgrade.connect-timeout")).isEqualTo("9s");
		assertThat(environment.getProperty("pingora.upgrade.receive-timeout")).isEqualTo("9s");
		assertThat(environment.getProperty("server.tomcat.threads.max")).isEqualTo("10");
		assertThat(environment.getProperty("my_own_key")).isEqualTo("mine");
		assertThat(environment.getProperty("threads")).isEqualTo("3");
		assertThat(output).contains("The key 'listener_tasks_per_fd' of Pingora (line 16: ")
			.contains("one event loop accepts")
			.contains("The key 'client_bind_to_ipv4' of Pingora (line 17: ");
	}

	@Test
	void everyKeyOfPingoraIsMappedOrHasAReason() {
		assertThat(PingoraKey.ALL).hasSize(28)
			.doesNotHaveDuplicates()
			.filteredOn((key) -> !key.name().equals("version"))
			.allMatch((key) -> key.properties().isEmpty() == (key.reason() != null));
	}

	@Test
	void fileOfPingoraWithoutVersionIsLeftToTheApplicationAndReported(CapturedOutput output) throws IOException {
		Environment environment = run("-c", write("pingora.yml", "threads: 3\npid_file: /run/app.pid\n").toString());
		assertThat(environment.getProperty("pingora.pid-file")).isNull();
		assertThat(output).contains("has no 'version: 1'").contains("threads, pid_file");
	}

	@ParameterizedTest
	@ValueSource(strings = { "version: 1\nthreads: many\n|line 2: the key 'threads' is 'many' and not a whole number",
			"version: 1\n\ndaemon: perhaps\n|line 3: the key 'daemon' is 'perhaps' and not true or false",
			"version: 1\ngrace_period_seconds: 5s\n|line 2: the key 'grace_period_seconds' is '5s' and not a whole number of",
			"a: 1\n  b: 2\n|line 2, column 4 ('b: 2'): mapping values are not allowed here.",
			"a: 1\nb: 2\na: 3\n|line 3, column 1 ('a: 3'): found duplicate key a.", "- a\n- b\n|it has no keys",
			"version: 1\nmax_blocking_threads: 0\n|line 2: the key 'max_blocking_threads' is '0' and not a whole number above",
			"pingora:\n  threads: 0\n|The property 'pingora.threads' has the value '0': it is less than 1 ("
					+ "|conf.yml] - 2:12",
			"pingora:\n  threads: many\n|Property: pingora.threads|conf.yml] - 2:12" })
	void fileThatMakesNoSenseFailsTheStartAndNamesFileLineAndKey(String example, CapturedOutput output)
			throws IOException {
		String[] parts = example.split("\\|");
		Path file = write("conf.yml", parts[0]);
		assertThatException().isThrownBy(() -> run("-c", file.toString()));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("conf.yml");
		for (int i = 1; i < parts.length; i++) {
			assertThat(output).contains(parts[i]);
		}
	}

	@Test
	void missingFileIsNamed(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("-c", this.directory.resolve("none.yml").toString()));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("none.yml' cannot be used: it does not exist");
	}

	private Path write(String name, String text) throws IOException {
		return Files.writeString(this.directory.resolve(name), text);
	}

	private static Environment run(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--spring.main.banner-mode=off");
		SpringApplication application = new SpringApplication(Empty.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		try (ConfigurableApplicationContext context = application.run(all.toArray(String[]::new))) {
			return context.getEnvironment();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(PingoraProperties.class)
	static class Empty {

	}

}
