package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.ListenException;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.ExecutionPhaseListener;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.service.HttpService;
import dev.pingora.spring.service.TcpService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PingoraAutoConfiguration}.
 */
class PingoraAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PingoraAutoConfiguration.class))
		.withPropertyValues("pingora.signals.enabled=false");

	private final ApplicationContextRunner echoRunner = this.contextRunner.withUserConfiguration(Echo.class)
		.withPropertyValues("pingora.services.echo.listeners=127.0.0.1:0");

	@Test
	void serviceIsServedWhenTheApplicationIsReady() {
		this.echoRunner.run((context) -> {
			PingoraServer server = context.getBean(PingoraServer.class);
			assertThat(server.phase()).isEqualTo(ExecutionPhase.BOOTSTRAP);
			ready(context.getSourceApplicationContext());
			assertThat(server.phase()).isEqualTo(ExecutionPhase.RUNNING);
			assertThat(server.generation()).isEqualTo(1);
			assertThat(request(port(server))).startsWith("HTTP/1.1 200 OK").endsWith("hello");
		});
	}

	@Test
	void phasesAreObservedByABeanOfTheApplication() {
		Observer observer = new Observer();
		this.echoRunner.withBean(Observer.class, () -> observer)
			.run((context) -> ready(context.getSourceApplicationContext()));
		assertThat(observer.phases).containsExactly(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED,
				ExecutionPhase.RUNNING, ExecutionPhase.DRAINING, ExecutionPhase.TERMINATED);
	}

	@Test
	void portIsFreeAfterTheContextIsClosed() throws IOException {
		int[] port = new int[1];
		this.echoRunner.run((context) -> port[0] = port(context.getBean(PingoraServer.class)));
		try (ServerSocket socket = new ServerSocket(port[0], 1, InetAddress.getLoopbackAddress())) {
			assertThat(socket.isBound()).isTrue();
		}
	}

	@Test
	void applicationWithoutServicesStartsNoServer() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(PingoraServer.class).phase()).isEqualTo(ExecutionPhase.SETUP);
		});
	}

	@Test
	void nothingIsLeftWhenItIsSwitchedOff() {
		this.echoRunner.withPropertyValues("pingora.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PingoraServer.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "pingora.threads=0|The property 'pingora.threads' has the value '0': it is less than 1.",
			"pingora.services.echo.threads=0|'pingora.services.echo.threads' has the value '0'",
			"pingora.services.echo.backlog=-1|'pingora.services.echo.backlog' has the value '-1'",
			"pingora.services.echo.unix-permissions=438|'pingora.services.echo.unix-permissions' has the value '438'",
			"pingora.shutdown.grace-period=-1s|'pingora.shutdown.grace-period' has the value 'PT-1S': it is negative",
			"pingora.upgrade.drain-timeout=-1s|'pingora.upgrade.drain-timeout' has the value 'PT-1S': it is negative",
			"pingora.upgrade.max-draining=0|'pingora.upgrade.max-draining' has the value '0': it is less than 1",
			"pingora.upgrade.nice=20|'pingora.upgrade.nice' has the value '20': it is not between 0 and 19",
			"pingora.upgrade.nice=-1|'pingora.upgrade.nice' has the value '-1': it is not between 0 and 19",
			"pingora.upgrade.connect-timeout=0|'pingora.upgrade.connect-timeout' has the value 'PT0S': it is zero",
			"pingora.upgrade.warm-up.timeout=0|'pingora.upgrade.warm-up.timeout' has the value 'PT0S': it is zero",
			"pingora.upgrade.warm-up.requests[0].path=orders|'pingora.upgrade.warm-up.requests[0].path' has the value 'orders'",
			"pingora.upgrade.warm-up.requests[0].method=GET|The property 'pingora.upgrade.warm-up.requests[0].path' is missing",
			"pingora.services.echo.listeners=|The property 'pingora.services.echo.listeners' is missing: the service 'echo' listens",
			"pingora.services.echo.listeners=6188|'pingora.services.echo.listeners[0]' has the value '6188': it has no port",
			"pingora.services.echo.listeners=127.0.0.1:7,127.0.0.1:7|'pingora.services.echo.listeners[0]' has the same address",
			"pingora.services.echo.depends-on=missing|'pingora.services.echo.depends-on' has the value 'missing': there is no service",
			"pingora.services.echo.depends-on=echo|wait for each other in a circle: echo → echo",
			"pingora.services.echo.connection-limit=0|'pingora.services.echo.connection-limit' has the value '0'",
			"pingora.services.echo.tcp.dscp=64|'pingora.services.echo.tcp.dscp' has the value '64': it is not between 0 and 63",
			"pingora.services.echo.tcp.keep-alive-idle=0|'pingora.services.echo.tcp.keep-alive-idle' has the value 'PT0S'",
			"pingora.services.echo.tcp.send-buffer=3GB|'pingora.services.echo.tcp.send-buffer'",
			"pingora.services.echo.tls.bundle=web|'pingora.services.echo.tls.bundle' has the value 'web': there is no SSL bundle",
			"pingora.background.stop-timeout=0|'pingora.background.stop-timeout' has the value 'PT0S'",
			"pingora.background.lifecycle-beans=missing|'pingora.background.lifecycle-beans' has the value 'missing'",
			"pingora.services.other.listeners=127.0.0.1:0|'pingora.services.other' has the value '…': there is no service" })
	void configurationThatMakesNoSenseFailsTheStartAndNamesTheProperty(String example) {
		String property = example.substring(0, example.indexOf('|'));
		String description = example.substring(example.indexOf('|') + 1);
		this.echoRunner.withPropertyValues(property).run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(description);
			assertThat(analysis.getAction()).isNotBlank().endsWith(".");
		});
	}

	@Test
	void twoServicesOfOneNameFailTheStart() {
		this.echoRunner.withBean("second", TcpService.class, () -> TcpService.of("echo", (in, out) -> Mono.never()))
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.contains("two beans have that name"));
	}

	@Test
	void portInUseFailsTheStartAndNamesItsOwner() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.echoRunner.withPropertyValues("pingora.services.echo.listeners=127.0.0.1:" + taken.getLocalPort())
				.run((context) -> {
					assertThat(context.getStartupFailure()).hasRootCauseInstanceOf(IOException.class)
						.hasStackTraceContaining(ListenException.class.getName());
					FailureAnalysis analysis = analyze(context.getStartupFailure());
					assertThat(analysis.getDescription()).contains("the address is in use by process")
						.contains(Long.toString(ProcessHandle.current().pid()));
					assertThat(analysis.getAction()).contains("'-u'");
				});
		}
	}

	@Test
	void listenersAreClosedWhenALaterOneCannotBeOpened(@TempDir Path directory) throws IOException {
		Path path = directory.resolve("echo.sock");
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.echoRunner
				.withPropertyValues(
						"pingora.services.echo.listeners=unix:%s,127.0.0.1:%d".formatted(path, taken.getLocalPort()))
				.run((context) -> assertThat(context).hasFailed());
		}
		assertThat(path).doesNotExist();
	}

	@Test
	void closingTheContextWaitsForTheDrainThatIsUnderWay() {
		CompletableFuture<Integer> exit = new CompletableFuture<>();
		this.echoRunner.withBean(PingoraServer.class, () -> serverThatOnlyTells(exit)).run((context) -> {
			PingoraServer server = context.getBean(PingoraServer.class);
			ready(context.getSourceApplicationContext());
			try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
				await().until(() -> server.listeners().get(0).connections().active() == 1);
				new Thread(() -> server.terminate(143)).start();
				await().until(() -> server.phase() == ExecutionPhase.DRAINING);
				Thread closing = new Thread(context::close);
				closing.start();
				await().until(() -> closing.getState() == Thread.State.WAITING);
				assertThat(server.phase()).isEqualTo(ExecutionPhase.DRAINING);
				assertThat(request(client)).startsWith("HTTP/1.1 200 OK").endsWith("hello");
				closing.join();
				assertThat(exit.get(20, TimeUnit.SECONDS)).isEqualTo(143);
				assertThat(server.phase()).isEqualTo(ExecutionPhase.TERMINATED);
			}
		});
	}

	@Test
	void executorsOfTheApplicationWorkUntilTheLastConnectionHasEnded() {
		this.echoRunner.withBean(ThreadPoolTaskExecutor.class).run((context) -> {
			PingoraServer server = context.getBean(PingoraServer.class);
			ThreadPoolTaskExecutor executor = context.getBean(ThreadPoolTaskExecutor.class);
			ready(context.getSourceApplicationContext());
			try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port(server))) {
				await().until(() -> server.listeners().get(0).connections().active() == 1);
				Thread closing = new Thread(context::close);
				closing.start();
				await().until(() -> server.phase() == ExecutionPhase.DRAINING);
				assertThat(executor.submit(() -> "works").get(20, TimeUnit.SECONDS)).isEqualTo("works");
				assertThat(request(client)).endsWith("hello");
				closing.join();
				assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> executor.submit(() -> "late"));
			}
		});
	}

	private static PingoraServer serverThatOnlyTells(CompletableFuture<Integer> exit) {
		Environment environment = new MockEnvironment();
		PingoraProperties properties = Binder.get(environment).bindOrCreate("pingora", PingoraProperties.class);
		return new PingoraServer(UpgradeConfiguration.settings(properties, environment), null, exit::complete);
	}

	private static FailureAnalysis analyze(Throwable failure) {
		assertThat(failure).isNotNull();
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, cause) -> {
			}))
			.stream()
			.sorted(AnnotationAwareOrderComparator.INSTANCE)
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow(() -> new AssertionError("Not analyzed", failure));
	}

	private static void ready(ConfigurableApplicationContext context) {
		context.publishEvent(
				new ApplicationReadyEvent(new SpringApplication(), new String[0], context, Duration.ofSeconds(1)));
	}

	private static int port(PingoraServer server) {
		return ((TcpAddress) server.listeners().get(0).address()).port();
	}

	private static String request(int port) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			return request(socket);
		}
	}

	private static String request(Socket socket) throws IOException {
		socket.getOutputStream()
			.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
				.getBytes(StandardCharsets.US_ASCII));
		return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
	}

	@Configuration(proxyBeanMethods = false)
	static class Echo {

		@Bean
		HttpService echo() {
			return HttpService.of("echo", (request, response) -> response.sendString(Mono.just("hello")));
		}

	}

	static class Observer implements ExecutionPhaseListener {

		final List<ExecutionPhase> phases = new CopyOnWriteArrayList<>();

		@Override
		public void onPhase(ExecutionPhase phase) {
			this.phases.add(phase);
		}

	}

}
