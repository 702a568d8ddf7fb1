package dev.pingora.spring.autoconfigure;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.pingora.spring.actuate.DrainState;
import dev.pingora.spring.actuate.PingoraEndpoint;
import dev.pingora.spring.actuate.PingoraHealthIndicator;
import dev.pingora.spring.actuate.PingoraInfoContributor;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.ServerReport;
import dev.pingora.spring.server.SuccessorStart;
import dev.pingora.spring.server.UpgradeOutcome;
import dev.pingora.spring.server.UpgradeReport;
import dev.pingora.spring.service.TcpService;
import dev.pingora.spring.upgrade.UpgradeException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PingoraActuatorAutoConfiguration},
 * {@link PingoraHealthAutoConfiguration} and the events of the server.
 */
class PingoraActuatorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PingoraAutoConfiguration.class,
				PingoraActuatorAutoConfiguration.class, PingoraHealthAutoConfiguration.class))
		.withBean(TcpService.class, () -> TcpService.of("echo", (inbound, outbound) -> Mono.never()))
		.withPropertyValues("pingora.signals.enabled=false", "pingora.services.echo.listeners=127.0.0.1:0",
				"management.endpoints.web.exposure.include=*", "management.info.pingora.enabled=true",
				"pingora.shutdown.grace-period=0s");

	@Test
	void endpointIsThereOnlyWhereItIsExposed() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(PingoraEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(PingoraEndpoint.class));
		this.contextRunner.withPropertyValues("management.endpoint.pingora.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(PingoraEndpoint.class));
	}

	@Test
	void nothingIsThereWithoutActuatorAndHealth() {
		this.contextRunner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.boot.actuate", "org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("pingoraEndpoint")
				.doesNotHaveBean("pingoraHealthIndicator"));
	}

	@Test
	void reportShowsTheServer() {
		this.contextRunner.run((context) -> {
			ready(context);
			ServerReport report = context.getBean(PingoraEndpoint.class).report();
			assertThat(report.phase()).isEqualTo(ExecutionPhase.RUNNING);
			assertThat(report.generation()).isEqualTo(1);
			assertThat(report.pid()).isEqualTo(ProcessHandle.current().pid());
			assertThat(report.predecessor()).isNull();
			assertThat(report.successor()).isNull();
			assertThat(report.uptime()).isPositive();
			assertThat(report.upgrades()).isEmpty();
			assertThat(report.services()).singleElement().satisfies((service) -> {
				assertThat(service.name()).isEqualTo("echo");
				assertThat(service.listeners()).singleElement()
					.satisfies((listener) -> assertThat(listener.address()).startsWith("127.0.0.1:"));
			});
		});
	}

	@Test
	void drainIsUnavailableWhileWorkIsUnderWay() {
		this.contextRunner.run((context) -> {
			ready(context);
			PingoraEndpoint endpoint = context.getBean(PingoraEndpoint.class);
			assertThat(busy(endpoint).getStatus()).isEqualTo(200);
			TcpAddress address = (TcpAddress) context.getBean(PingoraServer.class).listeners().get(0).address();
			try (Socket first = new Socket(InetAddress.getLoopbackAddress(), address.port());
					Socket second = new Socket(InetAddress.getLoopbackAddress(), address.port())) {
				assertThat(first.isConnected() && second.isConnected()).isTrue();
				await().until(() -> busy(endpoint).getStatus() == 503);
				await().until(() -> busy(endpoint).getBody().busy() > 0);
			}
			await().until(() -> busy(endpoint).getStatus() == 200);
		});
	}

	private static WebEndpointResponse<DrainState> busy(PingoraEndpoint endpoint) {
		return endpoint.drain(PingoraEndpoint.Detail.DRAIN);
	}

	@Test
	void upgradeAnswersWithItsOutcome() {
		SuccessorStart refusing = () -> {
			throw new UpgradeException("there is no room");
		};
		this.contextRunner.withBean(SuccessorStart.class, () -> refusing).run((context) -> {
			ready(context);
			PingoraEndpoint endpoint = context.getBean(PingoraEndpoint.class);
			WebEndpointResponse<Object> answer = endpoint.begin(PingoraEndpoint.Action.UPGRADE);
			assertThat(answer.getStatus()).isEqualTo(500);
			assertThat(answer.getBody()).isInstanceOfSatisfying(UpgradeReport.class, (report) -> {
				assertThat(report.outcome()).isEqualTo(UpgradeOutcome.FAILED);
				assertThat(report.reason()).isEqualTo("there is no room");
			});
			assertThat(endpoint.report().upgrades()).containsExactly((UpgradeReport) answer.getBody());
			assertThat(endpoint.report().phase()).isEqualTo(ExecutionPhase.RUNNING);
		});
	}

	@Test
	void successorThatExitsAtOnceFailsTheUpgradeAtOnce() {
		this.contextRunner.withBean(SuccessorStart.class, () -> () -> new ProcessBuilder("sh", "-c", "exit 7").start())
			.run((context) -> {
				ready(context);
				UpgradeReport report = (UpgradeReport) context.getBean(PingoraEndpoint.class)
					.begin(PingoraEndpoint.Action.UPGRADE)
					.getBody();
				assertThat(report.outcome()).isEqualTo(UpgradeOutcome.FAILED);
				assertThat(report.reason()).contains("exited with 7");
				assertThat(report.duration()).isLessThan(Duration.ofSeconds(20));
			});
	}

	@Test
	void successorMayBeTheChildOfWhatWasStarted() {
		this.contextRunner.withPropertyValues("pingora.upgrade.connect-timeout=300ms")
			.withBean(SuccessorStart.class, () -> () -> new ProcessBuilder("sh", "-c", "exit 0").start())
			.run((context) -> {
				ready(context);
				UpgradeReport report = (UpgradeReport) context.getBean(PingoraEndpoint.class)
					.begin(PingoraEndpoint.Action.UPGRADE)
					.getBody();
				assertThat(report.reason()).contains("No successor listens");
				assertThat(report.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
			});
	}

	@Test
	void upgradeIsCalledOffAndItsSuccessorEnded() {
		CompletableFuture<Process> started = new CompletableFuture<>();
		this.contextRunner.withBean(SuccessorStart.class, () -> () -> {
			Process process = new ProcessBuilder("sleep", "60").start();
			started.complete(process);
			return process;
		}).run((context) -> {
			ready(context);
			PingoraEndpoint endpoint = context.getBean(PingoraEndpoint.class);
			assertThat(endpoint.abort(PingoraEndpoint.Abortable.UPGRADE).getStatus()).isEqualTo(409);
			assertThat(endpoint.beginSo(PingoraEndpoint.Action.UPGRADE, PingoraEndpoint.Way.ASYNC).getStatus())
				.isEqualTo(202);
			Process process = started.join();
			assertThat(endpoint.begin(PingoraEndpoint.Action.UPGRADE).getStatus()).isEqualTo(409);
			WebEndpointResponse<Object> aborted = endpoint.abort(PingoraEndpoint.Abortable.UPGRADE);
			assertThat(aborted.getStatus()).isEqualTo(200);
			assertThat(aborted.getBody()).asInstanceOf(InstanceOfAssertFactories.MAP).containsEntry("aborted", true);
			await().until(() -> !process.isAlive());
			assertThat(endpoint.report().upgrades().get(0).outcome()).isEqualTo(UpgradeOutcome.ABORTED);
			await().until(() -> endpoint.report().phase() == ExecutionPhase.RUNNING);
		});
	}

	@Test
	void wayThatAnActionDoesNotHaveIsABadRequest() {
		this.contextRunner.run((context) -> {
			PingoraEndpoint endpoint = context.getBean(PingoraEndpoint.class);
			assertThat(endpoint.beginSo(PingoraEndpoint.Action.UPGRADE, PingoraEndpoint.Way.FAST).getStatus())
				.isEqualTo(400);
			assertThat(endpoint.beginSo(PingoraEndpoint.Action.SHUTDOWN, PingoraEndpoint.Way.ASYNC).getStatus())
				.isEqualTo(400);
		});
	}

	@Test
	void healthFollowsThePhase() {
		this.contextRunner.run((context) -> {
			PingoraHealthIndicator indicator = context.getBean(PingoraHealthIndicator.class);
			assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			ready(context);
			Health up = indicator.health();
			assertThat(up.getStatus()).isEqualTo(Status.UP);
			assertThat(up.getDetails()).containsEntry("phase", ExecutionPhase.RUNNING)
				.containsEntry("generation", 1)
				.containsEntry("services", Map.of("echo", Map.of("active", 0, "busy", 0)));
			context.getBean(PingoraServer.class).stop();
			assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	@Test
	void infoTellsTheGeneration() {
		this.contextRunner.run((context) -> {
			Info.Builder builder = new Info.Builder();
			context.getBean(PingoraInfoContributor.class).contribute(builder);
			assertThat(builder.build().getDetails().get("pingora"))
				.isEqualTo(Map.of("generation", 1, "pid", ProcessHandle.current().pid(), "startedBy", "cold start"));
		});
	}

	@Test
	void applicationHearsOfEachPhaseAndOfItsReadiness() {
		Listener listener = new Listener();
		this.contextRunner.withBean(Listener.class, () -> listener).run((context) -> {
			ready(context);
			assertThat(listener.heard).containsExactly("BOOTSTRAP", "PREPARED", "RUNNING");
			context.getBean(PingoraServer.class).stop();
			assertThat(listener.heard).containsExactly("BOOTSTRAP", "PREPARED", "RUNNING", "REFUSING_TRAFFIC",
					"DRAINING", "TERMINATED");
		});
	}

	private static void ready(AssertableApplicationContext context) {
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
	}

	static class Listener {

		final List<String> heard = new CopyOnWriteArrayList<>();

		@EventListener
		void onPhase(ExecutionPhaseEvent event) {
			assertThat(event.getServer()).isSameAs(event.getSource());
			this.heard.add(event.getPhase().name());
		}

		@EventListener
		void onReadiness(AvailabilityChangeEvent<ReadinessState> event) {
			this.heard.add(event.getState().name());
		}

	}

}
