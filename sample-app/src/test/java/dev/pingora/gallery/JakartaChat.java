package dev.pingora.gallery;

import jakarta.servlet.ServletContext;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A WebSocket of an application on Tomcat or Jetty, which says what it hears.
 */
@Configuration(proxyBeanMethods = false)
public class JakartaChat {

	@Bean
	SmartInitializingSingleton chat(ServletContext context) {
		return () -> {
			try {
				((ServerContainer) context.getAttribute(ServerContainer.class.getName())).addEndpoint(Parrot.class);
			}
			catch (DeploymentException ex) {
				throw new IllegalStateException(ex);
			}
		};
	}

	/**
	 * One end of a WebSocket.
	 */
	@ServerEndpoint("/chat")
	public static class Parrot {

		@OnMessage
		public String say(String text) {
			return text;
		}

	}

}
