package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.tomcat.TomcatWebServerCustomizer;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Configuration of a management port of its own on Tomcat, whose context does not see the
 * customizers of the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass(TomcatWebServerFactory.class)
@ConditionalOnBooleanProperty(name = { "pingora.enabled", "pingora.web.enabled" }, matchIfMissing = true)
public final class PingoraTomcatManagementConfiguration {

	@Bean
	TomcatWebServerCustomizer pingoraManagementTomcatWebServerCustomizer(PingoraServer server) {
		return new TomcatWebServerCustomizer("management", server);
	}

}
