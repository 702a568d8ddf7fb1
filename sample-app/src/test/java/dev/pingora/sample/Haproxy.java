package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * HAProxy before servers of this machine, which retries nothing.
 */
final class Haproxy {

	private Haproxy() {
	}

	/**
	 * Start it.
	 * @param directory where its configuration is written
	 * @param mode {@code http}, with connections to the servers that are used again, or
	 * {@code tcp}
	 * @param front the port that clients ask
	 * @param servers the lines that name what it asks
	 */
	static Judge start(Path directory, String mode, int front, String... servers) throws IOException {
		Path configuration = directory.resolve("haproxy-" + front + ".cfg");
		Files.writeString(configuration, """
				defaults
				  mode %s
				  retries 0
				  timeout connect 5s
				  timeout client 60s
				  timeout server 60s
				  timeout check 5s
				frontend front
				  bind 127.0.0.1:%d
				  default_backend application
				backend application
				  balance roundrobin
				%s  option httpchk GET /actuator/health/readiness
				  %s
				""".formatted(mode, front, mode.equals("http") ? "  http-reuse safe\n" : "",
				String.join("\n  ", servers)));
		return new Judge("haproxy", "-db", "-f", configuration.toString());
	}

	/**
	 * Return the line that names a server whose readiness is asked for.
	 * @param check the port that tells of it
	 */
	static String server(String name, int port, int check) {
		return "server %s 127.0.0.1:%d check port %d inter 200ms fall 1 rise 1".formatted(name, port, check);
	}

}
