package dev.pingora.gallery;

import java.util.Map;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * A WebSocket of an application on WebFlux, which says what it hears.
 */
@Configuration(proxyBeanMethods = false)
public class ReactiveChat {

	@Bean
	SimpleUrlHandlerMapping chat() {
		WebSocketHandler parrot = (session) -> session
			.send(session.receive().map(WebSocketMessage::getPayloadAsText).map(session::textMessage));
		return new SimpleUrlHandlerMapping(Map.of("/chat", parrot), -1);
	}

}
