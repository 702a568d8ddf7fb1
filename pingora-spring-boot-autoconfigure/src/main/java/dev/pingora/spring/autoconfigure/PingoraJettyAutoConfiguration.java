package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.jetty.JettyWebServerCustomizer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the application's own web server on Jetty.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass(JettyWebServerFactory.class)
@ConditionalOnBean(PingoraServer.class)
@ConditionalOnBooleanProperty(name = "pingora.web.enabled", matchIfMissing = true)
public final class PingoraJettyAutoConfiguration {

	@Bean
	JettyWebServerCustomizer pingoraJettyWebServerCustomizer(PingoraServer server) {
		return new JettyWebServerCustomizer("web", server);
	}

}
