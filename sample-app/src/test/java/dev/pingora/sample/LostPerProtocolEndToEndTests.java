package dev.pingora.sample;

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

/**
 * What every protocol loses by ten upgrades, and by ten restarts of the same application
 * without the starter ({@code lost.upgrades}, {@code lost.restarts}, {@code lost.only}).
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class LostPerProtocolEndToEndTests {

	private static final int UPGRADES = Integer.getInteger("lost.upgrades", 10);

	private static final Pattern ONLY = Pattern.compile(System.getProperty("lost.only", ""));

	private static final int RESTARTS = Integer.getInteger("lost.restarts", 10);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final int port = FreePort.find();

	@ParameterizedTest
	@CsvSource({ "NETTY,false", "NETTY,true", "TOMCAT,false", "TOMCAT,true", "JETTY,false", "JETTY,true" })
	void upgradesLoseNothing(WebServerKind kind, boolean tls) {
		assumeThat(kind + (tls ? " TLS" : "")).containsPattern(ONLY);
		Collection<Tally> without = run(kind, tls, false);
		Collection<Tally> with = run(kind, tls, true);
		System.out.printf("%s %s, %d restarts without the starter%n%s%d upgrades with it%n%s", kind, tls ? "TLS" : "",
				RESTARTS, Tally.table(without), UPGRADES, Tally.table(with));
		with.forEach((tally) -> tally.failures().forEach(System.out::println));
		assertThat(with).allSatisfy((tally) -> assertThat(tally.failures()).isEmpty());
	}

	private Collection<Tally> run(WebServerKind kind, boolean tls, boolean starter) {
		List<String> arguments = arguments(kind, tls, starter);
		SampleProcess current = start(kind, starter, arguments);
		ProtocolClients clients = new ProtocolClients(this.port, tls);
		try (clients) {
			for (int i = 0; i < (starter ? UPGRADES : RESTARTS); i++) {
				current = starter ? upgrade(kind, current, arguments) : restart(kind, current, arguments);
				clients.awaitServed();
			}
			clients.finish();
			current.signal("TERM").awaitExit();
		}
		System.out.printf("WebSocket messages under way when 1001 came: %d%n", clients.unanswered());
		return clients.tallies();
	}

	private SampleProcess upgrade(WebServerKind kind, SampleProcess current, List<String> arguments) {
		List<String> upgrading = new ArrayList<>(arguments);
		upgrading.add("-u");
		SampleProcess successor = run(kind, true, upgrading).awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		assertThat(current.awaitExit()).isZero();
		return successor;
	}

	private SampleProcess restart(WebServerKind kind, SampleProcess current, List<String> arguments) {
		current.signal("TERM").awaitExit();
		return start(kind, false, arguments);
	}

	private SampleProcess start(WebServerKind kind, boolean starter, List<String> arguments) {
		return run(kind, starter, arguments).awaitLog("Started PlainApplication");
	}

	private SampleProcess run(WebServerKind kind, boolean starter, List<String> arguments) {
		return this.processes.run(SampleProcess.plain(PlainApplication.class, kind, starter, arguments));
	}

	private List<String> arguments(WebServerKind kind, boolean tls, boolean starter) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + this.port, "--server.http2.enabled=true",
				"--spring.lifecycle.timeout-per-shutdown-phase=2s", "--spring.main.sources=" + kind.chat().getName()));
		if (tls) {
			arguments.addAll(new TestTls(this.processes.directory()).arguments());
		}
		if (starter) {
			arguments.add("--pingora.upgrade.sock=" + this.processes.directory().resolve("upgrade.sock"));
			arguments.add("--pingora.drain.stream-timeout=2s");
			arguments.add("--pingora.upgrade.warm-up.timeout=1s");
		}
		return arguments;
	}

}
