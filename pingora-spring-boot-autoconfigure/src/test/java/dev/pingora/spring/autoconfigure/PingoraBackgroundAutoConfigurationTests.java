package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.server.BackgroundReport;
import dev.pingora.spring.server.BackgroundState;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;
import dev.pingora.spring.service.TcpService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PingoraBackgroundAutoConfiguration}, {@link ServerPlan} and
 * {@link ServiceOrder}.
 */
@Timeout(60)
class PingoraBackgroundAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PingoraAutoConfiguration.class,
				PingoraBackgroundAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
		.withPropertyValues("pingora.signals.enabled=false", "pingora.shutdown.grace-period=0s");

	@Test
	void scheduledTasksRunOnlyWhileTheServerServes() {
		Ticking ticking = new Ticking();
		this.contextRunner.withUserConfiguration(Scheduling.class)
			.withBean(Ticking.class, () -> ticking)
			.withPropertyValues("pingora.background.scheduled=true")
			.run((context) -> {
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				assertThat(ticking.ticks).hasValue(0);
				ready(context);
				await().until(() -> ticking.ticks.get() > 2);
				PingoraServer server = context.getBean(PingoraServer.class);
				assertThat(server.report().background())
					.containsExactly(new BackgroundReport("scheduled", BackgroundState.RUNNING));
				server.stop();
				int then = ticking.ticks.get();
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				assertThat(ticking.ticks).hasValue(then);
				long begin = System.nanoTime();
				context.close();
				assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
			});
	}

	@Test
	void scheduledTasksAreLeftAloneOtherwise() {
		Ticking ticking = new Ticking();
		this.contextRunner.withUserConfiguration(Scheduling.class)
			.withBean(Ticking.class, () -> ticking)
			.run((context) -> await().until(() -> ticking.ticks.get() > 2));
	}

	@Test
	void beanWithALifecycleRunsWhileTheServerServes() {
		Registry registry = new Registry();
		this.contextRunner.withBean("registry", Registry.class, () -> registry)
			.withPropertyValues("pingora.background.lifecycle-beans=registry")
			.run((context) -> {
				assertThat(registry.isRunning()).isFalse();
				ready(context);
				await().until(registry::isRunning);
				context.getBean(PingoraServer.class).stop();
				assertThat(registry.isRunning()).isFalse();
			});
	}

	@Test
	void servicesStartInTheOrderOfTheirDependencies() {
		List<String> started = new CopyOnWriteArrayList<>();
		this.contextRunner.withBean("first", BackgroundService.class, () -> service("first", started))
			.withBean("second", BackgroundService.class, () -> service("second", started))
			.withBean(TcpService.class, () -> TcpService.of("echo", (inbound, outbound) -> Mono.never()))
			.withPropertyValues("pingora.services.echo.listeners=127.0.0.1:0", "pingora.services.echo.depends-on=first",
					"pingora.services.first.depends-on=second")
			.run((context) -> {
				ready(context);
				assertThat(started).containsExactly("second", "first");
			});
	}

	@Test
	void circleFailsTheStartWithItsPath() {
		this.contextRunner.withBean("a", BackgroundService.class, () -> service("a", List.of()))
			.withBean("b", BackgroundService.class, () -> service("b", List.of()))
			.withBean("c", BackgroundService.class, () -> service("c", List.of()))
			.withPropertyValues("pingora.services.a.depends-on=b", "pingora.services.b.depends-on=c",
					"pingora.services.c.depends-on=b")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("'pingora.services.b.depends-on'")
				.hasMessageContaining("in a circle: b → c → b"));
	}

	@Test
	void backgroundServiceListensNowhereAndHasANameOfItsOwn() {
		this.contextRunner.withBean("a", BackgroundService.class, () -> service("a", List.of()))
			.withPropertyValues("pingora.services.a.listeners=127.0.0.1:0")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("listens nowhere"));
		this.contextRunner.withBean("a", BackgroundService.class, () -> service("a", List.of()))
			.withBean("b", BackgroundService.class, () -> service("a", List.of()))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("two beans have that name"));
	}

	@Test
	void serviceWhoseDependencyIsNotReadyFailsTheStart() {
		this.contextRunner.withBean(TcpService.class, () -> TcpService.of("echo", (inbound, outbound) -> Mono.never()))
			.withBean("never", BackgroundService.class, () -> new Work("never", (shutdown, ready) -> shutdown.await()))
			.withPropertyValues("pingora.services.echo.listeners=127.0.0.1:0", "pingora.services.echo.depends-on=never",
					"pingora.background.ready-timeout=100ms")
			.run((context) -> assertThatIllegalStateException().isThrownBy(() -> ready(context))
				.withMessage("The service 'never' is not ready in time"));
	}

	private static BackgroundService service(String name, List<String> started) {
		return new Work(name, (shutdown, ready) -> {
			started.add(name);
			ready.run();
			shutdown.await();
		});
	}

	private static void ready(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	static class Ticking {

		final AtomicInteger ticks = new AtomicInteger();

		@Scheduled(fixedRate = 10)
		void tick() {
			this.ticks.incrementAndGet();
		}

	}

	static class Registry implements Lifecycle {

		private final AtomicBoolean running = new AtomicBoolean();

		@Override
		public void start() {
			this.running.set(true);
		}

		@Override
		public void stop() {
			this.running.set(false);
		}

		@Override
		public boolean isRunning() {
			return this.running.get();
		}

	}

	record Work(String name, Start work) implements BackgroundService {

		@Override
		public void start(ShutdownSignal shutdown, Runnable ready) throws Exception {
			this.work.start(shutdown, ready);
		}

	}

	/**
	 * What a background service does.
	 */
	private interface Start {

		void start(ShutdownSignal shutdown, Runnable ready) throws Exception;

	}

}
