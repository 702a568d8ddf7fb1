package dev.pingora.spring.autoconfigure;

import java.time.Duration;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.process.Exit;
import dev.pingora.spring.server.DrainSignal;
import dev.pingora.spring.server.ExecutionPhaseListener;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.SuccessorStart;
import dev.pingora.spring.service.ConnectionFilter;
import dev.pingora.spring.service.WarmUp;
import dev.pingora.spring.upgrade.Predecessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of a server that owns the services of the application.
 */
@AutoConfiguration(after = LifecycleAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "pingora.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PingoraProperties.class)
public final class PingoraAutoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(PingoraAutoConfiguration.class);

	/**
	 * What a drain may take beyond its deadline, to close what is left.
	 */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

	@Bean
	@ConditionalOnMissingBean
	PingoraServer pingoraServer(PingoraProperties properties, Environment environment,
			ObjectProvider<Predecessor> predecessor) {
		if (!EventLoops.canAdopt()) {
			logger.warn("Upgrades need Linux with native epoll: this server cannot hand over its listening sockets");
		}
		return new PingoraServer(UpgradeConfiguration.settings(properties, environment), predecessor.getIfAvailable(),
				Exit::orderly);
	}

	/**
	 * What starts a successor. An application replaces it where its process is not to be
	 * started again as it is.
	 */
	@Bean
	@ConditionalOnMissingBean
	SuccessorStart pingoraSuccessorStart(PingoraProperties properties, Environment environment) {
		return new SuccessorCommand(environment.getProperty(CommandLineFlags.ENABLED, Boolean.class, true),
				properties.upgrade().memoryCheck());
	}

	@Bean
	ServerActions pingoraServerActions(PingoraServer server, PingoraProperties properties,
			SuccessorStart successorStart, UpgradePrecedence precedence) {
		return new ServerActions(server, properties, new SuccessorStartAsUsual(successorStart, precedence));
	}

	@Bean
	ServiceListenerOptions pingoraServiceListenerOptions(ObjectProvider<SslBundles> bundles,
			ObjectProvider<ConnectionFilter> filters) {
		return new ServiceListenerOptions(bundles.getIfAvailable(), filters.orderedStream().toList());
	}

	/**
	 * That of a process that takes nothing over. A successor has one from the beginning.
	 */
	@Bean
	@ConditionalOnMissingBean
	UpgradePrecedence pingoraUpgradePrecedence(Environment environment) {
		return UpgradePrecedence.of(environment);
	}

	@Bean
	PhaseEvents pingoraPhaseEvents(PingoraServer server, ConfigurableApplicationContext context) {
		return new PhaseEvents(server, context);
	}

	@Bean
	@ConditionalOnMissingBean
	DrainSignal pingoraDrainSignal() {
		return new DrainSignal();
	}

	@Bean
	@ConditionalOnMissingBean
	PingoraServerLifecycle pingoraServerLifecycle(PingoraServer server, PingoraProperties properties,
			ServerActions actions, ObjectProvider<ExecutionPhaseListener> phaseListeners,
			ObjectProvider<DefaultLifecycleProcessor> processor, ObjectProvider<WarmUp> warmUps,
			UpgradePrecedence precedence, ApplicationContext context) {
		precedence.follow(server);
		server.warmUp().beans(() -> warmUps.orderedStream().toList());
		phaseListeners.orderedStream().forEach(server::addPhaseListener);
		processor.ifAvailable((available) -> available.setTimeoutForShutdownPhase(SmartLifecycle.DEFAULT_PHASE,
				properties.shutdown().gracePeriod().plus(CLOSE_TIMEOUT).toMillis()));
		return new PingoraServerLifecycle(server, () -> ServerPlan.of(context),
				new SignalRegistration(actions, properties.signals()), context);
	}

	@Bean
	DrainBeforeClose pingoraDrainBeforeClose(PingoraServerLifecycle lifecycle, ApplicationContext context) {
		return new DrainBeforeClose(lifecycle, context);
	}

}
