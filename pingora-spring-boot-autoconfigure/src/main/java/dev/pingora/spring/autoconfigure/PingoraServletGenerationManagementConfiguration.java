package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.actuate.GenerationFilter;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Configuration of a management port of its own that says which generation answers, on a
 * servlet container.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBooleanProperty(name = "pingora.enabled", matchIfMissing = true)
public final class PingoraServletGenerationManagementConfiguration {

	@Bean
	GenerationFilter pingoraGenerationFilter(PingoraServer server) {
		return new GenerationFilter(server::generation);
	}

}
