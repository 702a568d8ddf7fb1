package dev.pingora.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's nginx with an answer of its own, upgraded with SIGUSR2, SIGWINCH and SIGQUIT.
 */
final class NginxContender implements Contender {

	private final Path directory;

	private final Path pidFile;

	NginxContender(Path directory) {
		this.directory = directory;
		this.pidFile = directory.resolve("nginx.pid");
	}

	@Override
	public String title() {
		return "nginx, binary upgrade";
	}

	@Override
	public String version() {
		try {
			return Programs.output("/usr/sbin/nginx", "-v").strip().replace("nginx version: ", "");
		}
		catch (IOException | InterruptedException ex) {
			return "unknown";
		}
	}

	/**
	 * Start it as a daemon: in the foreground it ignores SIGUSR2.
	 */
	@Override
	public void start(int port) throws IOException, InterruptedException {
		Path configuration = Files.writeString(this.directory.resolve("nginx.conf"), """
				worker_processes 2;
				pid %s;
				error_log %s;
				events { worker_connections 1024; }
				http {
				  access_log off;
				  keepalive_requests 1000000;
				  server {
				    listen 127.0.0.1:%d;
				    location / { return 200 "$pid\\n"; }
				  }
				}
				""".formatted(this.pidFile, this.directory.resolve("nginx.log"), port));
		Programs.start(this.directory.resolve("nginx.out"), List.of("/usr/sbin/nginx", "-c", configuration.toString()))
			.waitFor();
		Programs.awaitAnswer(port);
	}

	@Override
	public void upgrade() throws IOException, InterruptedException {
		long old = pid();
		Programs.signal("USR2", old);
		Programs.await("the new nginx", () -> pid() != old && ProcessHandle.of(pid()).isPresent());
		Programs.await("the workers of the new nginx",
				() -> ProcessHandle.of(pid()).orElseThrow().children().count() == 2);
		Programs.signal("WINCH", old);
		Programs.signal("QUIT", old);
	}

	private long pid() throws IOException {
		return Long.parseLong(Files.readString(this.pidFile).strip());
	}

	@Override
	public void end() throws IOException, InterruptedException {
		ProcessHandle master = ProcessHandle.of(pid()).orElse(null);
		if (master != null) {
			Programs.signal("TERM", master.pid());
			Programs.await("the end of nginx", () -> !master.isAlive());
		}
	}

}
