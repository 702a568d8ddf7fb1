package dev.pingora.sample;

import dev.pingora.spring.service.HttpService;
import dev.pingora.spring.service.TcpService;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What the sample serves. Where it listens is in {@code application.yml}.
 */
@Configuration(proxyBeanMethods = false)
class EchoConfiguration {

	@Bean
	HttpService echo(EchoHandler handler) {
		return HttpService.routes("echo",
				(routes) -> routes.get("/", handler::identity)
					.get("/slow/{millis}", handler::slow)
					.post("/echo", handler::echo)
					.get("/stream/{count}/{millis}", handler::stream)
					.ws("/ws", handler::webSocket));
	}

	@Bean
	TcpService tcpEcho() {
		return TcpService.of("tcp-echo", (inbound, outbound) -> outbound.send(inbound.receive().retain()));
	}

}
