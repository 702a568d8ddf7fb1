package dev.pingora.sample;

import java.time.Duration;

import dev.pingora.spring.server.DrainSignal;
import dev.pingora.spring.server.PingoraServer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An ordinary controller on the application's own web server, which is upgraded with the
 * services.
 */
@RestController
class HelloController {

	private final long pid = ProcessHandle.current().pid();

	private final PingoraServer server;

	private final DrainSignal drain;

	HelloController(PingoraServer server, DrainSignal drain) {
		this.server = server;
		this.drain = drain;
	}

	@GetMapping("/hello")
	ResponseEntity<Identity> hello() {
		return identified(identity());
	}

	@GetMapping("/slow/{millis}")
	Mono<ResponseEntity<Identity>> slow(@PathVariable long millis) {
		return Mono.delay(Duration.ofMillis(millis)).map((ignored) -> hello());
	}

	/**
	 * Events without end, which end by themselves when this process drains.
	 */
	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Identity> events() {
		return Flux.interval(Duration.ZERO, Duration.ofSeconds(1))
			.map((number) -> identity())
			.takeUntilOther(this.drain.begun());
	}

	/**
	 * Events without end, which end at the deadline for such.
	 */
	@GetMapping(path = "/events/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Identity> endless() {
		return Flux.interval(Duration.ZERO, Duration.ofMillis(200)).map((number) -> identity());
	}

	@PostMapping("/echo")
	ResponseEntity<String> echo(@RequestBody String body) {
		return identified(body);
	}

	private Identity identity() {
		return new Identity(this.pid, this.server.generation(), "web");
	}

	private <T> ResponseEntity<T> identified(T body) {
		return ResponseEntity.ok()
			.header("X-Pid", Long.toString(this.pid))
			.header("X-Generation", Integer.toString(this.server.generation()))
			.body(body);
	}

	/**
	 * The process that answers.
	 *
	 * @param pid its process id
	 * @param generation its generation
	 * @param service what was asked
	 */
	record Identity(long pid, int generation, String service) {
	}

}
