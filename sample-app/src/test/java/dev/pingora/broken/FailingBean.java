package dev.pingora.broken;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A new version of the application whose context does not start.
 */
@Configuration(proxyBeanMethods = false)
public class FailingBean {

	@Bean
	String broken() {
		throw new IllegalStateException("this version is broken");
	}

}
