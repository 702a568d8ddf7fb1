package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.service.HttpService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PingoraProcessAutoConfiguration}.
 */
class PingoraProcessAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PingoraAutoConfiguration.class, PingoraProcessAutoConfiguration.class))
		.withPropertyValues("pingora.signals.enabled=false");

	@TempDir
	private Path directory;

	@Test
	void pidFileIsThereFromTheFirstConnectionToTheLast() {
		Path file = this.directory.resolve("app.pid");
		this.contextRunner.withPropertyValues("pingora.pid-file=" + file, "pingora.services.a.listeners=127.0.0.1:0")
			.withBean(HttpService.class,
					() -> HttpService.of("a", (request, response) -> response.sendString(Mono.just("a"))))
			.run((context) -> {
				assertThat(file).doesNotExist();
				ready(context.getSourceApplicationContext());
				assertThat(file).hasContent(Long.toString(ProcessHandle.current().pid()));
			});
		assertThat(file).doesNotExist();
	}

	@Test
	void pidFileIsWrittenWithoutListenersToo() {
		Path file = this.directory.resolve("app.pid");
		this.contextRunner.withPropertyValues("pingora.pid-file=" + file).run((context) -> {
			assertThat(context.getBean(PingoraServer.class).listeners()).isEmpty();
			ready(context.getSourceApplicationContext());
			assertThat(file).exists();
		});
		assertThat(file).doesNotExist();
	}

	@Test
	void pidFileOfTheSuccessorIsLeftAlone() throws IOException {
		Path file = this.directory.resolve("app.pid");
		this.contextRunner.withPropertyValues("pingora.pid-file=" + file).run((context) -> {
			ready(context.getSourceApplicationContext());
			Files.writeString(file, "1\n");
		});
		assertThat(file).hasContent("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pingora.pid-file=/nowhere/app.pid|'pingora.pid-file' has the value '/nowhere/app.pid'",
			"pingora.user=no-such-user|this machine has no such user",
			"pingora.group=no-such-group|this machine has no such group",
			"pingora.working-directory=/nowhere|'pingora.working-directory' has the value '/nowhere'",
			"pingora.working-directory=tmp|has the value 'tmp': it is not an absolute path",
			"pingora.daemon.ready-timeout=0|'pingora.daemon.ready-timeout' has the value 'PT0S': it is zero" })
	void configurationThatMakesNoSenseFailsTheStartAndNamesTheProperty(String example) {
		String[] parts = example.split("\\|");
		this.contextRunner.withPropertyValues(parts[0])
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageContaining(parts[1]));
	}

	private static void ready(ConfigurableApplicationContext context) {
		context.publishEvent(
				new ApplicationReadyEvent(new SpringApplication(), new String[0], context, Duration.ofSeconds(1)));
	}

}
