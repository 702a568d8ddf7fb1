package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.netty.NettyWebServerCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Configuration of a management port of its own on Reactor Netty, whose context does not
 * see the customizers of the application.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, ReactorResourceFactory.class })
@ConditionalOnBooleanProperty(name = { "pingora.enabled", "pingora.web.enabled" }, matchIfMissing = true)
public final class PingoraNettyManagementConfiguration {

	@Bean
	NettyWebServerCustomizer pingoraManagementNettyWebServerCustomizer(PingoraServer server,
			ObjectProvider<ReactorResourceFactory> resources) {
		return new NettyWebServerCustomizer("management", server, resources.getIfAvailable());
	}

}
