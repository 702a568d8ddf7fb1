package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.metrics.ListenerMetrics;
import dev.pingora.spring.metrics.ServerMetrics;
import dev.pingora.spring.metrics.WarmUpObservations;
import dev.pingora.spring.server.PingoraServer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationPredicate;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the server's metrics, for an application that has Micrometer.
 */
@AutoConfiguration(after = PingoraAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(PingoraServer.class)
@ConditionalOnBooleanProperty(name = "pingora.metrics.enabled", matchIfMissing = true)
public final class PingoraMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ServerMetrics pingoraServerMetrics(PingoraServer server) {
		return new ServerMetrics(server);
	}

	@Bean
	@ConditionalOnMissingBean
	ListenerMetrics pingoraListenerMetrics(PingoraServer server) {
		return new ListenerMetrics(server);
	}

	/**
	 * What leaves the requests of the warm-up out of the observations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationPredicate.class)
	static class Observations {

		@Bean
		WarmUpObservations pingoraWarmUpObservations(PingoraServer server) {
			return new WarmUpObservations(server.warmUp().mark());
		}

	}

}
