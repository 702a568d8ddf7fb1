package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.pingora.spring.actuate.DrainState;
import dev.pingora.spring.actuate.PingoraEndpoint;
import dev.pingora.spring.actuate.PingoraEndpointWebExtension;
import dev.pingora.spring.actuate.PingoraHealthIndicator;
import dev.pingora.spring.actuate.PingoraInfoContributor;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.CandidateOutcome;
import dev.pingora.spring.server.CandidateReport;
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
			PingoraEndpointWebExtension endpoint = context.getBean(PingoraEndpointWebExtension.class);
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

	private static WebEndpointResponse<DrainState> busy(PingoraEndpointWebExtension endpoint) {
		return endpoint.drain(PingoraEndpointWebExtension.Detail.DRAIN);
	}

	@Test
	void upgradeAnswersWithItsOutcome() {
		SuccessorStart refusing = () -> {
			throw new UpgradeException("there is no room");
		};
		this.contextRunner.withBean(SuccessorStart.class, () -> refusing).run((context) -> {
			ready(context);
			PingoraEndpointWebExtension endpoint = context.getBean(PingoraEndpointWebExtension.class);
			WebEndpointResponse<Object> answer = endpoint.begin(PingoraEndpointWebExtension.Action.UPGRADE);
			assertThat(answer.getStatus()).isEqualTo(500);
			assertThat(answer.getBody()).isInstanceOfSatisfying(UpgradeReport.class, (report) -> {
				assertThat(report.outcome()).isEqualTo(UpgradeOutcome.FAILED);
				assertThat(report.reason()).isEqualTo("there is no room");
			});
			assertThat(report(context).upgrades()).containsExactly((UpgradeReport) answer.getBody());
			assertThat(report(context).phase()).isEqualTo(ExecutionPhase.RUNNING);
		});
	}

	@Test
	void successorThatExitsAtOnceFailsTheUpgradeAtOnce() {
		this.contextRunner.withBean(SuccessorStart.class, () -> () -> new ProcessBuilder("sh", "-c", "exit 7").start())
			.run((context) -> {
				ready(context);
				UpgradeReport report = (UpgradeReport) context.getBean(PingoraEndpointWebExtension.class)
					.begin(PingoraEndpointWebExtension.Action.UPGRADE)
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
				UpgradeReport report = (UpgradeReport) context.getBean(PingoraEndpointWebExtension.class)
					.begin(PingoraEndpointWebExtension.Action.UPGRADE)
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
			PingoraEndpointWebExtension endpoint = context.getBean(PingoraEndpointWebExtension.class);
			assertThat(endpoint.abort(PingoraEndpointWebExtension.Abortable.UPGRADE).getStatus()).isEqualTo(409);
			assertThat(
					endpoint.beginSo(PingoraEndpointWebExtension.Action.UPGRADE, PingoraEndpointWebExtension.Way.ASYNC)
						.getStatus())
				.isEqualTo(202);
			Process process = started.join();
			assertThat(endpoint.begin(PingoraEndpointWebExtension.Action.UPGRADE).getStatus()).isEqualTo(409);
			WebEndpointResponse<Object> aborted = endpoint.abort(PingoraEndpointWebExtension.Abortable.UPGRADE);
			assertThat(aborted.getStatus()).isEqualTo(200);
			assertThat(aborted.getBody()).asInstanceOf(InstanceOfAssertFactories.MAP).containsEntry("aborted", true);
			await().until(() -> !process.isAlive());
			assertThat(report(context).upgrades().get(0).outcome()).isEqualTo(UpgradeOutcome.ABORTED);
			await().until(() -> report(context).phase() == ExecutionPhase.RUNNING);
		});
	}

	@Test
	void wayThatAnActionDoesNotHaveIsABadRequest() {
		this.contextRunner.run((context) -> {
			PingoraEndpointWebExtension endpoint = context.getBean(PingoraEndpointWebExtension.class);
			assertThat(
					endpoint.beginSo(PingoraEndpointWebExtension.Action.UPGRADE, PingoraEndpointWebExtension.Way.FAST)
						.getStatus())
				.isEqualTo(400);
			assertThat(
					endpoint.beginSo(PingoraEndpointWebExtension.Action.SHUTDOWN, PingoraEndpointWebExtension.Way.ASYNC)
						.getStatus())
				.isEqualTo(400);
		});
	}

	@Test
	void candidateIsTestedWithoutAnUpgrade() {
		this.contextRunner.withBean(SuccessorStart.class, () -> candidate("""
				echo 'some log'
				echo 'The configuration of application is valid:'
				echo '  context 12 beans'
				echo 'it shuts down'""")).run((context) -> {
			ready(context);
			WebEndpointResponse<Object> answer = dryRun(context);
			assertThat(answer.getStatus()).isEqualTo(200);
			assertThat(answer.getBody()).isInstanceOfSatisfying(CandidateReport.class, (report) -> {
				assertThat(report.outcome()).isEqualTo(CandidateOutcome.VALID);
				assertThat(report.reason()).isNull();
				assertThat(report.exitCode()).isZero();
				assertThat(report.duration()).isPositive();
				assertThat(report.findings()).containsExactly("context 12 beans");
			});
			assertThat(report(context).upgrades()).isEmpty();
			assertThat(report(context).phase()).isEqualTo(ExecutionPhase.RUNNING);
		});
	}

	@Test
	void candidateThatWouldNotStartIsAnsweredWithItsFailure() {
		this.contextRunner.withBean(SuccessorStart.class, () -> candidate("""
				printf '***\\nAPPLICATION FAILED TO START\\n***\\n\\nDescription:\\n\\nA is missing' >&2
				exit 1""")).run((context) -> {
			ready(context);
			WebEndpointResponse<Object> answer = dryRun(context);
			assertThat(answer.getStatus()).isEqualTo(422);
			CandidateReport report = (CandidateReport) answer.getBody();
			assertThat(report.reason()).isEqualTo("The candidate exited with 1");
			assertThat(report.findings()).containsExactly("Description:", "A is missing");
		});
	}

	@Test
	void candidateThatHangsIsEndedAndAnotherOneIsRefusedMeanwhile() {
		CompletableFuture<Process> started = new CompletableFuture<>();
		SuccessorStart hanging = new Candidate("exec sleep 60", started);
		this.contextRunner.withPropertyValues("pingora.upgrade.ready-timeout=1s")
			.withBean(SuccessorStart.class, () -> hanging)
			.run((context) -> {
				ready(context);
				CompletableFuture<WebEndpointResponse<Object>> first = new CompletableFuture<>();
				new Thread(() -> first.complete(dryRun(context))).start();
				Process process = started.join();
				WebEndpointResponse<Object> second = dryRun(context);
				assertThat(second.getStatus()).isEqualTo(409);
				assertThat(((CandidateReport) second.getBody()).reason())
					.isEqualTo("another candidate is being tested");
				assertThat(first.join().getStatus()).isEqualTo(422);
				assertThat(((CandidateReport) first.join().getBody()).reason()).contains("did not end within 1000 ms");
				await().until(() -> !process.isAlive());
			});
	}

	@Test
	void candidateDoesNotOutliveTheServer() {
		CompletableFuture<Process> started = new CompletableFuture<>();
		this.contextRunner.withBean(SuccessorStart.class, () -> new Candidate("exec sleep 60", started))
			.run((context) -> {
				ready(context);
				Thread thread = new Thread(() -> dryRun(context));
				thread.start();
				Process process = started.join();
				context.getSourceApplicationContext().close();
				await().until(() -> !process.isAlive());
				thread.join();
			});
	}

	@Test
	void nothingIsTestedThatCannotBe() {
		this.contextRunner.run((context) -> assertThat(dryRun(context).getStatus()).isEqualTo(409));
		this.contextRunner.withBean(SuccessorStart.class, () -> () -> new ProcessBuilder("true").start())
			.run((context) -> {
				ready(context);
				WebEndpointResponse<Object> answer = dryRun(context);
				assertThat(answer.getStatus()).isEqualTo(409);
				assertThat(((CandidateReport) answer.getBody()).reason()).contains("cannot test it");
			});
		this.contextRunner.withPropertyValues("pingora.cli.enabled=false").run((context) -> {
			ready(context);
			WebEndpointResponse<Object> answer = dryRun(context);
			assertThat(((CandidateReport) answer.getBody()).reason()).contains("'pingora.cli.enabled' is false");
		});
	}

	private static WebEndpointResponse<Object> dryRun(AssertableApplicationContext context) {
		return context.getBean(PingoraEndpointWebExtension.class)
			.beginSo(PingoraEndpointWebExtension.Action.UPGRADE, PingoraEndpointWebExtension.Way.DRY_RUN);
	}

	private static SuccessorStart candidate(String script) {
		return new Candidate(script, new CompletableFuture<>());
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

	private static ServerReport report(AssertableApplicationContext context) {
		return context.getBean(PingoraEndpoint.class).report();
	}

	private static void ready(AssertableApplicationContext context) {
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
	}

	/**
	 * A candidate that is a shell script.
	 *
	 * @param script what it does
	 * @param started its process
	 */
	record Candidate(String script, CompletableFuture<Process> started) implements SuccessorStart {

		@Override
		public Process start() {
			throw new UpgradeException("it is only tested");
		}

		@Override
		public Process test(Path output) throws IOException {
			Process process = new ProcessBuilder("sh", "-c", this.script).redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
			this.started.complete(process);
			return process;
		}

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
