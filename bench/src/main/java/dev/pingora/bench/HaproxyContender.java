package dev.pingora.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Debian's HAProxy with an answer of its own, reloaded by SIGUSR2 to its master.
 */
final class HaproxyContender implements Contender {

	private final Path directory;

	private @Nullable Process master;

	HaproxyContender(Path directory) {
		this.directory = directory;
	}

	@Override
	public String title() {
		return "HAProxy, reload";
	}

	@Override
	public String version() {
		try {
			return Programs.output("/usr/sbin/haproxy", "-v")
				.lines()
				.findFirst()
				.orElse("")
				.replaceAll(" (version|20.*)", "");
		}
		catch (IOException | InterruptedException ex) {
			return "unknown";
		}
	}

	@Override
	public void start(int port) throws IOException, InterruptedException {
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"), """
				global
				  nbthread 2
				defaults
				  mode http
				  timeout client 60s
				  timeout http-keep-alive 60s
				frontend answer
				  bind 127.0.0.1:%d
				  http-request return status 200 content-type text/plain lf-string "%%pid\\n"
				""".formatted(port));
		this.master = Programs.start(this.directory.resolve("haproxy.log"),
				List.of("/usr/sbin/haproxy", "-W", "-f", configuration.toString()));
		Programs.awaitAnswer(port);
	}

	@Override
	public void upgrade() throws IOException, InterruptedException {
		if (this.master != null) {
			Programs.signal("USR2", this.master.pid());
		}
	}

	@Override
	public void end() throws InterruptedException {
		if (this.master != null) {
			List<ProcessHandle> workers = this.master.descendants().toList();
			Programs.end(this.master.toHandle());
			for (ProcessHandle worker : workers) {
				Programs.end(worker);
			}
		}
	}

}
