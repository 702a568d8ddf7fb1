package dev.pingora.spring.autoconfigure;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.SuccessorStart;
import dev.pingora.spring.service.TcpService;
import dev.pingora.spring.upgrade.UpgradeException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint {@code pingora} on the MBean server of the platform.
 */
class PingoraJmxTests {

	private static final String DOMAIN = "dev.pingora.test";

	private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, JmxAutoConfiguration.class,
				EndpointAutoConfiguration.class, JmxEndpointAutoConfiguration.class, PingoraAutoConfiguration.class,
				PingoraActuatorAutoConfiguration.class))
		.withBean(TcpService.class, () -> TcpService.of("echo", (inbound, outbound) -> Mono.never()))
		.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.domain=" + DOMAIN,
				"management.endpoints.jmx.exposure.include=pingora", "pingora.signals.enabled=false",
				"pingora.services.echo.listeners=127.0.0.1:0", "pingora.shutdown.grace-period=0s");

	@Test
	void serverIsOperatedByNamedOperations() {
		SuccessorStart refusing = () -> {
			throw new UpgradeException("there is no room");
		};
		this.contextRunner.withPropertyValues("management.endpoint.pingora.access=UNRESTRICTED")
			.withBean(SuccessorStart.class, () -> refusing)
			.run((context) -> {
				ready(context);
				assertThat(operations()).containsExactly("abortUpgrade", "drain", "report", "shutdown", "shutdownFast",
						"upgrade", "upgradeAsync", "upgradeDryRun");
				assertThat(invoke("report")).containsEntry("phase", "RUNNING").containsEntry("generation", 1);
				assertThat(invoke("drain")).containsEntry("busy", 0).containsEntry("active", 0);
				assertThat(invoke("upgrade")).containsEntry("outcome", "FAILED")
					.containsEntry("reason", "there is no room");
				assertThat(invoke("upgradeDryRun")).containsEntry("outcome", "REFUSED");
				assertThat(invoke("abortUpgrade")).isEqualTo(Map.of("aborted", false, "phase", "RUNNING"));
				assertThat((List<?>) invoke("report").get("upgrades")).hasSize(1);
				assertThat(context.getBean(PingoraServer.class).phase().name()).isEqualTo("RUNNING");
			});
	}

	@Test
	void nothingCanBeWrittenUntilAccessIsGiven() {
		this.contextRunner.run((context) -> assertThat(operations()).containsExactly("drain", "report"));
	}

	private List<String> operations() throws JMException {
		return Stream.of(this.beans.getMBeanInfo(name()).getOperations())
			.map(MBeanOperationInfo::getName)
			.sorted()
			.toList();
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> invoke(String operation) throws JMException {
		return (Map<String, Object>) this.beans.invoke(name(), operation, new Object[0], new String[0]);
	}

	private static ObjectName name() throws JMException {
		return new ObjectName(DOMAIN + ":type=Endpoint,name=Pingora");
	}

	private static void ready(AssertableApplicationContext context) {
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
	}

}
