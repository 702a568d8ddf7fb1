package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import dev.pingora.plain.PlainApplication;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What programs say that nobody here wrote: h2spec, the test suite of Autobahn, nginx and
 * HAProxy. A judge that this machine lacks fails its test.
 */
@EnabledIfSystemProperty(named = "judges", matches = "true")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class JudgesEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int TIMES = 10;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@ParameterizedTest
	@EnumSource
	void h2specFindsNoCaseWorseWithTheStarter(WebServerKind kind) throws Exception {
		Set<String> without = h2spec(plain(kind, false, FreePort.find()));
		SampleProcess server = plain(kind, true, FreePort.find());
		Set<String> with = h2spec(server);
		System.out.printf("%s h2spec fails without the starter: %s%nwith it: %s%n", kind, without, with);
		assertThat(without).containsAll(with);
	}

	@ParameterizedTest
	@EnumSource
	void autobahnFindsNoCaseWorseWithTheStarter(WebServerKind kind) throws Exception {
		Set<String> without = autobahn(plain(kind, false, FreePort.find()), "without-" + kind);
		Set<String> with = autobahn(plain(kind, true, FreePort.find()), "with-" + kind);
		System.out.printf("%s Autobahn fails without the starter: %s%nwith it: %s%n", kind, without, with);
		assertThat(without).containsAll(with);
	}

	@Test
	void nginxSeesNoErrorOverUpgrades() throws Exception {
		SampleProcess backend = this.processes.start(WebServerKind.NETTY).awaitRunning();
		int front = FreePort.find();
		Path configuration = write("nginx.conf", """
				daemon off;
				pid %1$s/nginx.pid;
				error_log %1$s/nginx-error.log;
				events { }
				http {
				  access_log off;
				  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
				  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
				  upstream application { server 127.0.0.1:%2$d; keepalive 16; }
				  server {
				    listen 127.0.0.1:%3$d;
				    keepalive_requests 1000000000;
				    location / {
				      proxy_pass http://application; proxy_http_version 1.1; proxy_set_header Connection "";
				      proxy_next_upstream off;
				    }
				  }
				}
				""".formatted(this.processes.directory(), backend.port("web"), front));
		try (Judge nginx = new Judge("nginx", "-p", this.processes.directory().toString(), "-c",
				configuration.toString())) {
			nginx.awaitPort(front);
			upgradeBehind(backend, front);
		}
	}

	@Test
	void haproxySeesNoErrorOverUpgrades() throws Exception {
		SampleProcess backend = this.processes.start(WebServerKind.NETTY).awaitRunning();
		int front = FreePort.find();
		try (Judge haproxy = Haproxy.start(this.processes.directory(), "http", front,
				"server a 127.0.0.1:" + backend.port("web"))) {
			haproxy.awaitPort(front);
			upgradeBehind(backend, front);
		}
	}

	@Test
	void haproxySeesNoErrorWhileOneOfTwoBackendsRestarts() throws Exception {
		int[] ports = { FreePort.find(), FreePort.find() };
		int[] checks = { FreePort.find(), FreePort.find() };
		SampleProcess[] backends = { backend(ports[0], checks[0]), backend(ports[1], checks[1]) };
		int front = FreePort.find();
		try (Judge haproxy = Haproxy.start(this.processes.directory(), "http", front,
				Haproxy.server("a", ports[0], checks[0]), Haproxy.server("b", ports[1], checks[1]))) {
			haproxy.awaitPort(front);
			String before = resets();
			try (StrictLoad load = new StrictLoad(front, "/hello").light()) {
				for (int i = 0; i < TIMES; i++) {
					int which = i % 2;
					assertThat(backends[which].signal("TERM").awaitExit()).isEqualTo(143);
					backends[which] = backend(ports[which], checks[which]);
					long pid = backends[which].pid();
					await().atMost(TIMEOUT).until(() -> load.servedBy(pid) > 100 || !load.failures().isEmpty());
				}
				report("haproxy, restarts", load, before);
			}
		}
	}

	private SampleProcess backend(int port, int check) {
		return this.processes
			.start(WebServerKind.NETTY, "--server.port=" + port, "--management.server.port=" + check,
					"--pingora.shutdown.pre-drain-delay=2s", "--pingora.shutdown.grace-period=5s",
					"--pingora.upgrade.sock=" + this.processes.directory().resolve(port + ".sock"))
			.awaitRunning();
	}

	private void upgradeBehind(SampleProcess backend, int front) throws IOException {
		String before = resets();
		SampleProcess current = backend;
		try (StrictLoad load = new StrictLoad(front, "/hello").light()) {
			for (int i = 0; i < TIMES; i++) {
				SampleProcess successor = this.processes.start(WebServerKind.NETTY, "-u")
					.awaitLog("Waiting for the predecessor");
				current.signal("QUIT");
				successor.awaitRunning();
				await().atMost(TIMEOUT).until(() -> load.servedBy(successor.pid()) > 100 || !load.failures().isEmpty());
				assertThat(current.awaitExit()).isZero();
				current = successor;
			}
			report("upgrades", load, before);
		}
	}

	private static void report(String what, StrictLoad load, String before) throws IOException {
		System.out.printf("%s%n%sTCP of the whole machine before: %s, after: %s%n", what,
				Tally.table(load.finish().tallies()), before, resets());
		assertThat(load.failures()).isEmpty();
	}

	/**
	 * Return how many established connections were reset, and how many resets were sent.
	 */
	private static String resets() throws IOException {
		List<String> tcp = Files.readAllLines(Path.of("/proc/net/snmp"))
			.stream()
			.filter((line) -> line.startsWith("Tcp:"))
			.toList();
		List<String> names = List.of(tcp.get(0).split(" "));
		String[] values = tcp.get(1).split(" ");
		return "EstabResets %s, OutRsts %s".formatted(values[names.indexOf("EstabResets")],
				values[names.indexOf("OutRsts")]);
	}

	private Set<String> h2spec(SampleProcess server) throws Exception {
		Path archive = Path.of(System.getProperty("judges.directory"), "h2spec/2.2.0/h2spec_linux_amd64.tar.gz");
		assertThat(archive).as("h2spec is unpacked by the profile 'judges'").exists();
		new Judge("tar", "-xzf", archive.toString(), "-C", this.processes.directory().toString()).awaitEnd();
		Path report = this.processes.directory().resolve("h2spec-" + server.pid() + ".xml");
		new Judge(this.processes.directory().resolve("h2spec").toString(), "-h", "127.0.0.1", "-p", port(server), "-P",
				"/hello", "-o", "5", "-j", report.toString())
			.awaitEnd();
		String xml = Files.readString(report);
		assertThat(Pattern.compile("<testcase").matcher(xml).results().count()).isGreaterThan(100);
		Set<String> failed = new TreeSet<>();
		Pattern.compile("<testcase package=\"([^\"]*)\" classname=\"([^\"]*)\"[^>]*>\\s*<(failure|error)")
			.matcher(xml)
			.results()
			.forEach((result) -> failed.add(result.group(1) + " " + result.group(2)));
		return failed;
	}

	private Set<String> autobahn(SampleProcess server, String name) throws Exception {
		Path reports = Files.createDirectories(this.processes.directory().resolve(name));
		Path specification = write(name + ".json", """
				{"outdir": "%s", "servers": [{"agent": "%s", "url": "ws://127.0.0.1:%s/chat"}],
				 "cases": ["*"], "exclude-cases": ["9.*", "12.*", "13.*"], "exclude-agent-cases": {}}
				""".formatted(reports, name, port(server)));
		new Judge(System.getProperty("judges.wstest", "wstest"), "-m", "fuzzingclient", "-s", specification.toString())
			.awaitEnd();
		String json = Files.readString(reports.resolve("index.json"));
		Set<String> failed = new TreeSet<>();
		Pattern.compile("\"([0-9.]+)\": \\{\\s*\"behavior\": \"([A-Z -]+)\",\\s*\"behaviorClose\": \"([A-Z -]+)\"")
			.matcher(json)
			.results()
			.filter((result) -> result.group(2).equals("FAILED") || result.group(3).equals("FAILED"))
			.forEach((result) -> failed.add(result.group(1)));
		assertThat(Pattern.compile("\"behavior\"").matcher(json).results().count()).isGreaterThan(200);
		return failed;
	}

	private SampleProcess plain(WebServerKind kind, boolean starter, int port) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + port, "--server.http2.enabled=true",
				"--spring.main.sources=" + kind.chat().getName()));
		if (starter) {
			arguments.add("--pingora.upgrade.sock=" + this.processes.directory().resolve("upgrade.sock"));
		}
		return this.processes.run(SampleProcess.plain(PlainApplication.class, kind, starter, arguments))
			.awaitLog("Started PlainApplication");
	}

	/**
	 * Return the port, which Boot tells in its log.
	 */
	private static String port(SampleProcess server) {
		return Pattern.compile("started on port (\\d+)")
			.matcher(server.log())
			.results()
			.map((result) -> result.group(1))
			.findFirst()
			.orElseThrow();
	}

	private Path write(String name, String text) throws IOException {
		return Files.writeString(this.processes.directory().resolve(name), text);
	}

}
