package dev.pingora.gallery;

import java.net.URI;
import java.time.Duration;

import dev.pingora.spring.server.DrainSignal;
import dev.pingora.spring.service.HttpService;
import dev.pingora.spring.service.TcpService;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Responses of every kind, of the application's own web server and of a service.
 */
@Configuration(proxyBeanMethods = false)
@RestController
public class Gallery {

	private static final int LARGE = 64 * 1024 * 1024;

	@GetMapping("/moved")
	ResponseEntity<Void> moved() {
		return ResponseEntity.status(302).location(URI.create("/hello")).build();
	}

	@GetMapping(path = "/drip", produces = MediaType.TEXT_PLAIN_VALUE)
	Flux<String> drip() {
		return drops();
	}

	@GetMapping("/large")
	ResponseEntity<byte[]> large() {
		return ResponseEntity.ok(new byte[LARGE]);
	}

	@Bean
	HttpService galleryService() {
		return HttpService.routes("gallery",
				(routes) -> routes.get("/hello", (request, response) -> response.sendString(Mono.just("hello")))
					.get("/moved", (request, response) -> response.sendRedirect("/hello"))
					.get("/file.txt", (request, response) -> response.sendString(Mono.just("a file\n")))
					.get("/drip", (request, response) -> response.sendString(drops()))
					.get("/large", (request, response) -> response.sendByteArray(Mono.just(new byte[LARGE])))
					.post("/echo",
							(request, response) -> response.sendString(request.receive().aggregate().asString())));
	}

	/**
	 * A dialogue without end, which ends itself when this process drains.
	 */
	@Bean
	TcpService ticker(DrainSignal drain) {
		return TcpService.of("ticker",
				(inbound,
						outbound) -> outbound.sendString(Flux.interval(Duration.ofMillis(100))
							.map("tick %d\n"::formatted)
							.takeUntilOther(drain.begun())
							.concatWithValues("bye\n")));
	}

	private static Flux<String> drops() {
		return Flux.interval(Duration.ofMillis(200)).take(10).map("drop %d "::formatted);
	}

}
