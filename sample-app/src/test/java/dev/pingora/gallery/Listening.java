package dev.pingora.gallery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that listens to messages, as a bean that the server starts and stops.
 */
@Configuration(proxyBeanMethods = false)
public class Listening {

	@Bean
	SmartLifecycle messages() {
		return new Messages();
	}

	/**
	 * Says when it starts and stops.
	 */
	static final class Messages implements SmartLifecycle {

		private static final Logger logger = LoggerFactory.getLogger(Messages.class);

		private volatile boolean running;

		@Override
		public void start() {
			logger.info("Messages are heard");
			this.running = true;
		}

		@Override
		public void stop() {
			logger.info("Messages are heard no more");
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public boolean isAutoStartup() {
			return false;
		}

	}

}
