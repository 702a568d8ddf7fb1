package dev.pingora.spring.autoconfigure;

import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.metrics.ListenerMetrics;
import dev.pingora.spring.metrics.ServerMetrics;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.service.TcpService;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PingoraMetricsAutoConfiguration}.
 */
class PingoraMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PingoraAutoConfiguration.class,
				PingoraMetricsAutoConfiguration.class))
		.withBean(TcpService.class, () -> TcpService.of("echo", (inbound, outbound) -> Mono.never()))
		.withPropertyValues("pingora.signals.enabled=false", "pingora.services.echo.listeners=127.0.0.1:0",
				"pingora.shutdown.grace-period=0s");

	@Test
	void everyMeterHasADescriptionAndABaseUnit() {
		this.contextRunner.run((context) -> assertThat(ready(context).getMeters()).hasSizeGreaterThan(20)
			.extracting(Meter::getId)
			.allSatisfy((id) -> assertThat(id.getDescription()).as(id.toString()).isNotBlank())
			.allSatisfy((id) -> assertThat(id.getBaseUnit()).as(id.toString()).isNotBlank()));
	}

	@Test
	void connectionsAreCountedByServiceAndListener() {
		this.contextRunner.run((context) -> {
			MeterRegistry registry = ready(context);
			PingoraServer server = context.getBean(PingoraServer.class);
			TcpAddress address = (TcpAddress) server.listeners().get(0).address();
			try (Socket client = new Socket(InetAddress.getLoopbackAddress(), address.port())) {
				assertThat(client.isConnected()).isTrue();
				await().until(() -> listener(registry, "pingora.connections.accepted", address) == 1);
				assertThat(listener(registry, "pingora.connections.active", address)).isEqualTo(1);
				assertThat(listener(registry, "pingora.requests.active", address)).isEqualTo(1);
				context.getSourceApplicationContext().close();
			}
			assertThat(listener(registry, "pingora.connections.deferred", address)).isEqualTo(1);
			assertThat(listener(registry, "pingora.connections.cut.off", address)).isEqualTo(1);
			assertThat(listener(registry, "pingora.connections.drained", address)).isZero();
			await().until(() -> listener(registry, "pingora.connections.active", address) == 0);
		});
	}

	@Test
	void phaseGenerationAndUpgradesAreShown() {
		this.contextRunner.withPropertyValues("pingora.upgrade.connect-timeout=50ms").run((context) -> {
			MeterRegistry registry = ready(context);
			assertThat(registry.get("pingora.phase").tag("phase", "running").gauge().value()).isEqualTo(1);
			assertThat(registry.get("pingora.phase").tag("phase", "draining").gauge().value()).isZero();
			assertThat(registry.get("pingora.generation").gauge().value()).isEqualTo(1);
			context.getBean(PingoraServer.class).upgrade();
			assertThat(registry.get("pingora.upgrade").tag("outcome", "failed").functionTimer().count()).isEqualTo(1);
			assertThat(registry.get("pingora.upgrade")
				.tag("outcome", "failed")
				.functionTimer()
				.totalTime(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(50);
			assertThat(registry.get("pingora.upgrade").tag("outcome", "succeeded").functionTimer().count()).isZero();
			assertThat(registry.get("pingora.upgrade.step").tag("step", "prepare").functionTimer().count()).isZero();
		});
	}

	@Test
	void nothingIsMeasuredWithoutMicrometerOrWhereItIsSwitchedOff() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("pingoraServerMetrics"));
		this.contextRunner.withPropertyValues("pingora.metrics.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(MeterBinder.class));
	}

	private static MeterRegistry ready(AssertableApplicationContext context) {
		MeterRegistry registry = new SimpleMeterRegistry();
		context.getBean(ServerMetrics.class).bindTo(registry);
		context.getBean(ListenerMetrics.class).bindTo(registry);
		assertThat(registry.getMeters()).extracting(Meter::getId)
			.noneMatch((id) -> id.getName().startsWith("pingora.connections"));
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
		return registry;
	}

	private static double listener(MeterRegistry registry, String name, TcpAddress address) {
		return registry.get(name)
			.tags("service", "echo", "listener", address.toString())
			.meter()
			.measure()
			.iterator()
			.next()
			.getValue();
	}

}
