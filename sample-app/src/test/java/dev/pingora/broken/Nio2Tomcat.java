package dev.pingora.broken;

import org.apache.coyote.http11.Http11Nio2Protocol;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application whose Tomcat has a protocol that cannot be handed over.
 */
@Configuration(proxyBeanMethods = false)
public class Nio2Tomcat {

	@Bean
	WebServerFactoryCustomizer<TomcatWebServerFactory> nio2() {
		return (factory) -> factory.setProtocol(Http11Nio2Protocol.class.getName());
	}

}
