package dev.pingora.broken;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A new version of the application that is not ready before a file appears.
 */
@Configuration(proxyBeanMethods = false)
public class WaitingRunner {

	private static final Logger logger = LoggerFactory.getLogger(WaitingRunner.class);

	@Bean
	ApplicationRunner waiting(@Value("${wait.for}") Path file) {
		return (arguments) -> {
			try (WatchService created = FileSystems.getDefault().newWatchService()) {
				file.getParent().register(created, StandardWatchEventKinds.ENTRY_CREATE);
				logger.info("Waiting for a file");
				while (!Files.exists(file)) {
					created.take().reset();
				}
			}
		};
	}

}
