package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.actuate.PingoraEndpoint;
import dev.pingora.spring.actuate.PingoraEndpointJmxExtension;
import dev.pingora.spring.actuate.PingoraEndpointWebExtension;
import dev.pingora.spring.actuate.PingoraInfoContributor;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the endpoint {@code pingora} and of what the endpoint
 * {@code info} says of the server, for an application that has Actuator.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(PingoraServer.class)
public final class PingoraActuatorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	PingoraEndpoint pingoraEndpoint(PingoraServer server) {
		return new PingoraEndpoint(server);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = PingoraEndpoint.class, exposure = EndpointExposure.WEB)
	PingoraEndpointWebExtension pingoraEndpointWebExtension(PingoraServer server, ServerActions actions) {
		return new PingoraEndpointWebExtension(server, new EndpointOperations(server, actions));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(endpoint = PingoraEndpoint.class, exposure = EndpointExposure.JMX)
	PingoraEndpointJmxExtension pingoraEndpointJmxExtension(PingoraServer server, ServerActions actions) {
		return new PingoraEndpointJmxExtension(server, new EndpointOperations(server, actions));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnEnabledInfoContributor("pingora")
	PingoraInfoContributor pingoraInfoContributor(PingoraServer server) {
		return new PingoraInfoContributor(server);
	}

}
