package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.tomcat.TomcatWebServerCustomizer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the application's own web server on Tomcat.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass(TomcatWebServerFactory.class)
@ConditionalOnBean(PingoraServer.class)
@ConditionalOnBooleanProperty(name = "pingora.web.enabled", matchIfMissing = true)
public final class PingoraTomcatAutoConfiguration {

	@Bean
	TomcatWebServerCustomizer pingoraTomcatWebServerCustomizer(PingoraServer server) {
		return new TomcatWebServerCustomizer("web", server);
	}

}
