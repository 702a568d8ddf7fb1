package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PingoraRunListener}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PingoraRunListenerTests {

	@TempDir
	private Path directory;

	@Test
	void pidFileWriterOfTheApplicationIsNamed(CapturedOutput output) {
		run();
		assertThat(output).contains("deletes its file when a process exits");
	}

	@Test
	void pidFileWriterIsNobodysBusinessWhenTheServerIsSwitchedOff(CapturedOutput output) {
		run("--pingora.enabled=false");
		assertThat(output).doesNotContain("deletes its file when a process exits");
	}

	private void run(String... arguments) {
		SpringApplication application = new SpringApplication(Nothing.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.addListeners(new ApplicationPidFileWriter(this.directory.resolve("pid").toFile()));
		try (ConfigurableApplicationContext context = application.run(arguments)) {
			assertThat(context.isActive()).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
