package dev.pingora.broken;

import java.util.concurrent.CountDownLatch;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A new version of the application that never gets ready.
 */
@Configuration(proxyBeanMethods = false)
public class HangingRunner {

	private static final Logger logger = LoggerFactory.getLogger(HangingRunner.class);

	@Bean
	ApplicationRunner hanging() {
		return (arguments) -> {
			logger.info("Hanging");
			new CountDownLatch(1).await();
		};
	}

}
