package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.web.netty.NettyWebServerCustomizer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Auto-configuration of the application's own web server on Reactor Netty.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass({ NettyReactiveWebServerFactory.class, ReactorResourceFactory.class })
@ConditionalOnBean(PingoraServer.class)
@ConditionalOnBooleanProperty(name = "pingora.web.enabled", matchIfMissing = true)
public final class PingoraNettyAutoConfiguration {

	@Bean
	NettyWebServerCustomizer pingoraNettyWebServerCustomizer(PingoraServer server,
			ObjectProvider<ReactorResourceFactory> resources) {
		return new NettyWebServerCustomizer("web", server, resources.getIfAvailable());
	}

}
