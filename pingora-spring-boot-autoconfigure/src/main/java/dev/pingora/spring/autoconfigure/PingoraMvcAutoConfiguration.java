package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.mvc.EndlessResponses;
import jakarta.servlet.Servlet;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.config.annotation.AsyncSupportConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Auto-configuration of the end of responses of Spring MVC that would never end by
 * themselves.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass({ WebMvcConfigurer.class, Servlet.class })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(PingoraServer.class)
@ConditionalOnBooleanProperty(name = "pingora.web.enabled", matchIfMissing = true)
public final class PingoraMvcAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	EndlessResponses pingoraEndlessResponses(PingoraProperties properties) {
		return new EndlessResponses(properties.drain().streamTimeout());
	}

	@Bean
	WebMvcConfigurer pingoraWebMvcConfigurer(EndlessResponses responses) {
		return new WebMvcConfigurer() {

			@Override
			public void configureAsyncSupport(AsyncSupportConfigurer configurer) {
				configurer.registerDeferredResultInterceptors(responses);
			}

		};
	}

}
