package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.actuate.PingoraHealthIndicator;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the server's health, for an application that has Boot's health
 * module.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(PingoraServer.class)
public final class PingoraHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "pingoraHealthIndicator")
	@ConditionalOnEnabledHealthIndicator("pingora")
	PingoraHealthIndicator pingoraHealthIndicator(PingoraServer server) {
		return new PingoraHealthIndicator(server);
	}

}
