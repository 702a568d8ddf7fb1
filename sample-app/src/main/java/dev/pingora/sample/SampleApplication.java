package dev.pingora.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An ordinary Spring Boot application: the starter needs no change to its main method.
 */
@SpringBootApplication
public class SampleApplication {

	/**
	 * Start the application.
	 * @param args {@code -u} to take over from a running one, and Spring properties
	 */
	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
