package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import dev.pingora.spring.process.Flags;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Gives the file of {@code -c} to Spring as one more location of configuration data: it
 * overrides the files of the application and is overridden by environment and arguments.
 */
final class ConfigurationFileEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String LOCATION = "spring.config.additional-location";

	private final ConfigurableBootstrapContext bootstrapContext;

	ConfigurationFileEnvironmentPostProcessor(ConfigurableBootstrapContext bootstrapContext) {
		this.bootstrapContext = bootstrapContext;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Flags flags = this.bootstrapContext.getOrElse(Flags.class, null);
		Optional.ofNullable(flags)
			.flatMap(Flags::configuration)
			.map(Path::toAbsolutePath)
			.map(ConfigurationFile::new)
			.ifPresent((file) -> add(file, environment));
	}

	private void add(ConfigurationFile file, ConfigurableEnvironment environment) {
		file.check();
		this.bootstrapContext.register(ConfigurationFile.class, (context) -> file);
		String others = environment.getProperty(LOCATION);
		String all = (others != null) ? others + "," + file.location() : file.location();
		environment.getPropertySources().addFirst(new MapPropertySource("pingoraCommandLine", Map.of(LOCATION, all)));
	}

	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER - 1;
	}

}
