package dev.pingora.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

import dev.pingora.plain.PlainApplication;
import dev.pingora.sample.load.ProtocolClients;
import dev.pingora.sample.load.Tally;
import dev.pingora.sample.load.TestTls;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * What every protocol loses by ten restarts with SIGTERM of one of two servers at a time,
 * behind a proxy that asks for their readiness: with the starter and without it
 * ({@code lost.restarts}, {@code lost.only}).
 */
@EnabledIfSystemProperty(named = "judges", matches = "true")
class RestartsBehindProxyEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final Pattern ONLY = Pattern.compile(System.getProperty("lost.only", ""));

	private static final int RESTARTS = Integer.getInteger("lost.restarts", 10);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@CsvSource({ "NETTY,false", "NETTY,true", "TOMCAT,false", "TOMCAT,true", "JETTY,false", "JETTY,true" })
	void restartsLoseNothing(WebServerKind kind, boolean tls) throws IOException {
		assumeThat(kind + (tls ? " TLS" : "")).containsPattern(ONLY);
		Collection<Tally> without = run(kind, tls, false);
		Collection<Tally> with = run(kind, tls, true);
		System.out.printf("%s%s, %d restarts behind HAProxy%nwithout the starter%n%swith it%n%s", kind,
				tls ? " TLS" : "", RESTARTS, Tally.table(without), Tally.table(with));
		with.forEach((tally) -> tally.failures().forEach(System.out::println));
		assertThat(with).allSatisfy((tally) -> assertThat(tally.failures()).isEmpty());
	}

	private Collection<Tally> run(WebServerKind kind, boolean tls, boolean starter) throws IOException {
		int front = FreePort.find();
		List<String> secure = tls ? new TestTls(this.processes.directory()).arguments() : List.of();
		Backend[] backends = { backend(kind, secure, starter), backend(kind, secure, starter) };
		Judge haproxy = Haproxy.start(this.processes.directory(), "tcp", front, backends[0].line("a"),
				backends[1].line("b"));
		haproxy.awaitPort(front);
		try (haproxy; ProtocolClients clients = new ProtocolClients(front, tls)) {
			for (int i = 0; i < RESTARTS; i++) {
				Backend restarted = backends[i % 2];
				assertThat(restarted.restart()).isEqualTo(143);
				await().atMost(TIMEOUT).until(() -> clients.servedBy(restarted.pid()) > 50);
				clients.awaitServed();
			}
			clients.finish();
			backends[0].end();
			backends[1].end();
			return clients.tallies();
		}
	}

	private Backend backend(WebServerKind kind, List<String> secure, boolean starter) {
		int port = FreePort.find();
		int check = FreePort.find();
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--server.http2.enabled=true",
				"--management.server.port=" + check, "--spring.lifecycle.timeout-per-shutdown-phase=2s",
				"--spring.main.sources=" + kind.chat().getName()));
		arguments.addAll(secure);
		if (starter) {
			arguments.addAll(List.of("--pingora.upgrade.sock=" + this.processes.directory().resolve(port + ".sock"),
					"--pingora.shutdown.pre-drain-delay=2s", "--pingora.drain.stream-timeout=2s"));
		}
		return new Backend(SampleProcess.plain(PlainApplication.class, kind, starter, arguments), port, check).start();
	}

	/**
	 * One of the two servers.
	 */
	private final class Backend {

		private final List<String> command;

		private final int port;

		private final int check;

		private SampleProcess process;

		Backend(List<String> command, int port, int check) {
			this.command = command;
			this.port = port;
			this.check = check;
		}

		String line(String name) {
			return Haproxy.server(name, this.port, this.check);
		}

		long pid() {
			return this.process.pid();
		}

		Backend start() {
			this.process = RestartsBehindProxyEndToEndTests.this.processes.run(this.command)
				.awaitLog("Started PlainApplication");
			return this;
		}

		int restart() {
			int exit = end();
			start();
			return exit;
		}

		int end() {
			return this.process.signal("TERM").awaitExit();
		}

	}

}
