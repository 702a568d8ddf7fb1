package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.jetty.JettyWebServerCustomizer;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Configuration of a management port of its own on Jetty, whose context does not see the
 * customizers of the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass(JettyWebServerFactory.class)
@ConditionalOnBooleanProperty(name = { "pingora.enabled", "pingora.web.enabled" }, matchIfMissing = true)
public final class PingoraJettyManagementConfiguration {

	@Bean
	JettyWebServerCustomizer pingoraManagementJettyWebServerCustomizer(PingoraServer server) {
		return new JettyWebServerCustomizer("management", server);
	}

}
