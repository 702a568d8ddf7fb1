package dev.pingora.plain;

import java.time.Duration;

import reactor.core.publisher.Flux;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that runs with the starter and without it.
 */
@SpringBootApplication
@RestController
public class PlainApplication {

	private final long pid = ProcessHandle.current().pid();

	public static void main(String[] args) {
		SpringApplication.run(PlainApplication.class, args);
	}

	@GetMapping("/hello")
	ResponseEntity<Identity> hello() {
		return identified(new Identity(this.pid, "plain"));
	}

	@GetMapping(path = "/ticks", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<Identity> ticks() {
		return Flux.interval(Duration.ofMillis(50))
			.onBackpressureDrop()
			.map((number) -> new Identity(this.pid, "ticks"));
	}

	@PostMapping("/echo")
	ResponseEntity<String> echo(@RequestBody String body) {
		return identified(body);
	}

	private <T> ResponseEntity<T> identified(T body) {
		return ResponseEntity.ok().header("X-Pid", Long.toString(this.pid)).body(body);
	}

	/**
	 * The process that answers.
	 *
	 * @param pid its process id
	 * @param application its name
	 */
	record Identity(long pid, String application) {
	}

}
