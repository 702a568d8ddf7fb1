package dev.pingora.broken;

import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A new version of the application that fails when its context has started already.
 */
@Configuration(proxyBeanMethods = false)
public class FailingRunner {

	@Bean
	ApplicationRunner broken() {
		return (arguments) -> {
			throw new IllegalStateException("the migration failed");
		};
	}

}
