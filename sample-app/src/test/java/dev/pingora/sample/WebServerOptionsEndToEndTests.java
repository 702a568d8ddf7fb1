package dev.pingora.sample;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import dev.pingora.broken.Nio2Tomcat;
import dev.pingora.broken.WaitingRunner;
import dev.pingora.gateway.GatewayApplication;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import dev.pingora.sample.load.TestTls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application's own web server in all the ways in which Boot lets one configure it,
 * over upgrades of real processes.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WebServerOptionsEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource
	void everyRequestIsServedOverTls(WebServerKind kind) throws IOException {
		TestTls tls = new TestTls(this.processes.directory());
		List<String> options = new ArrayList<>(tls.arguments());
		options.add("--pingora.upgrade.warm-up.timeout=2s");
		SampleProcess first = this.processes.start(kind, options).awaitRunning();
		try (StrictLoad load = new StrictLoad(first.port("web"), "/hello", TestTls.client()).light()) {
			SampleProcess second = upgrade(first, load, kind, options);
			assertThat(second.log())
				.containsPattern("Warmed up .* [1-9]\\d* requests \\(0 not successful\\).*GET /hello \\(web\\)");
			if (kind != WebServerKind.JETTY) {
				tls.renew("second");
				await().atMost(TIMEOUT).until(() -> peer(second).equals("CN=second"));
			}
			assertServed(load);
		}
	}

	@ParameterizedTest
	@EnumSource
	void addressCompressionAndVirtualThreadsAreAsBefore(WebServerKind kind) throws IOException {
		List<String> options = List.of("--server.address=::1", "--server.compression.enabled=true",
				"--server.compression.min-response-size=1", "--spring.threads.virtual.enabled=true");
		SampleProcess first = this.processes.start(kind, options).awaitRunning();
		Response before = compressed(first.port("web"));
		try (StrictLoad load = new StrictLoad(first.port("management"), "/actuator/health").health()) {
			SampleProcess second = upgrade(first, load, kind, options);
			assertThat(second.log()).contains("Listening on [::1]:%d (web), inherited".formatted(first.port("web")));
			assertThat(compressed(first.port("web")).headers()).containsEntry("X-Pid", Long.toString(second.pid()));
			assertThat(before.headers()).containsEntry("X-Pid", Long.toString(first.pid()));
			assertServed(load);
		}
	}

	@Test
	void oneKindOfServerHandsOverToAnother() {
		SampleProcess tomcat = this.processes.start(WebServerKind.TOMCAT).awaitRunning();
		try (StrictLoad load = new StrictLoad(tomcat.port("web"), "/hello").light()) {
			SampleProcess netty = upgrade(tomcat, load, WebServerKind.NETTY, List.of());
			SampleProcess jetty = upgrade(netty, load, WebServerKind.JETTY, List.of());
			upgrade(jetty, load, WebServerKind.TOMCAT, List.of());
			assertServed(load);
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionsWaitForASuccessorWhosePredecessorWasKilled(WebServerKind kind) throws IOException {
		Path file = this.processes.directory().resolve("go");
		SampleProcess first = this.processes.start(kind).awaitRunning();
		SampleProcess second = this.processes.start(kind, "-u", "--wait.for=" + file,
				"--spring.main.sources=" + WaitingRunner.class.getName());
		first.signal("QUIT");
		second.awaitLog("Waiting for a file");
		first.signal("KILL").awaitExit();
		List<StrictConnection> waiting = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			waiting.add(connect(first));
			waiting.get(i).send("GET", "/hello", null);
		}
		Files.createFile(file);
		for (StrictConnection connection : waiting) {
			assertThat(connection.receive().pid()).isEqualTo(second.pid());
			connection.close();
		}
		assertThat(second.log()).contains("this process takes over");
	}

	@Test
	void applicationThatKnowsNothingOfItIsUpgraded() {
		SampleProcess backend = this.processes.start().awaitRunning();
		List<String> options = new ArrayList<>(this.processes.arguments());
		options.removeIf((option) -> option.startsWith("--pingora.services."));
		String route = "--spring.cloud.gateway.server.webflux.routes[0].";
		options.addAll(List.of(route + "id=sample", route + "uri=http://127.0.0.1:" + backend.port("echo"),
				route + "predicates[0]=Path=/**", "--spring.application.name=gateway"));
		SampleProcess first = gateway(options).awaitRunning();
		try (StrictLoad load = new StrictLoad(first.port("web"), "/").light()) {
			await().atMost(TIMEOUT).until(() -> load.servedBy(backend.pid()) > 200 || !load.failures().isEmpty());
			options.add("-u");
			SampleProcess second = gateway(options).awaitLog("Waiting for the predecessor");
			first.signal("QUIT");
			second.awaitRunning();
			assertThat(first.awaitExit()).as(first.log()).isZero();
			long served = load.served();
			await().atMost(TIMEOUT).until(() -> load.served() > served + 200 || !load.failures().isEmpty());
			assertServed(load);
		}
	}

	@Test
	void protocolThatCannotBeHandedOverIsNamed() throws IOException {
		String configuration = "--spring.main.sources=" + Nio2Tomcat.class.getName();
		SampleProcess server = this.processes.start(WebServerKind.TOMCAT, configuration).awaitRunning();
		assertThat(server.log())
			.contains("Tomcat's protocol is 'org.apache.coyote.http11.Http11Nio2Protocol', set by the application")
			.contains("Tomcat started on port");
		SampleProcess successor = this.processes.start(WebServerKind.TOMCAT, "-u", configuration);
		server.signal("QUIT").awaitLog("Upgrade failed, this process goes on serving");
		assertThat(successor.awaitExit()).isEqualTo(1);
		assertThat(successor.log()).contains("cannot be handed over");
	}

	private SampleProcess gateway(List<String> options) {
		return this.processes.run(SampleProcess.gateway(GatewayApplication.class, options));
	}

	private SampleProcess upgrade(SampleProcess current, StrictLoad load, WebServerKind kind, List<String> options) {
		List<String> arguments = new ArrayList<>(options);
		arguments.add("-u");
		SampleProcess successor = this.processes.start(kind, arguments).awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		long served = load.served();
		await().atMost(TIMEOUT).until(() -> load.served() > served + 20 || !load.failures().isEmpty());
		assertThat(load.failures()).isEmpty();
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	private static void assertServed(StrictLoad load) {
		load.finish();
		System.out.println(Tally.table(load.tallies()));
		assertThat(load.failures()).isEmpty();
		assertThat(load.tallies()).allMatch((tally) -> tally.served() > 0);
	}

	private static Response compressed(int port) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getAllByName("::1")[0], port);
		try (StrictConnection connection = new StrictConnection(address, TIMEOUT)) {
			connection.sendRaw("GET /hello HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
			Response response = connection.receive();
			assertThat(response.headers()).containsEntry("Content-Encoding", "gzip");
			byte[] body = response.body().getBytes(StandardCharsets.ISO_8859_1);
			assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes()).asString().contains("web");
			return response;
		}
	}

	private static String peer(SampleProcess server) throws IOException {
		try (StrictConnection connection = new StrictConnection(address(server), TIMEOUT, TestTls.client())) {
			assertThat(connection.get("/hello").status()).isEqualTo(200);
			return connection.peer();
		}
	}

	private static StrictConnection connect(SampleProcess server) throws IOException {
		return new StrictConnection(address(server), TIMEOUT);
	}

	private static InetSocketAddress address(SampleProcess server) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port("web"));
	}

}
