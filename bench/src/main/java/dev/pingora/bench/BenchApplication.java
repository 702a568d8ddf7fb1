package dev.pingora.bench;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An ordinary WebFlux application, which runs with the starter and without it.
 */
@SpringBootApplication
@RestController
public class BenchApplication {

	private final long pid = ProcessHandle.current().pid();

	/**
	 * Start the application.
	 * @param args Spring properties
	 */
	public static void main(String[] args) {
		SpringApplication.run(BenchApplication.class, args);
	}

	@GetMapping("/hello")
	Identity hello() {
		return new Identity(this.pid, "hello");
	}

	/**
	 * The process that answers.
	 *
	 * @param pid its process id
	 * @param text what it says
	 */
	record Identity(long pid, String text) {
	}

}
