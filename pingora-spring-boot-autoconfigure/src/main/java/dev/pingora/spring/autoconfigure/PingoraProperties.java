package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.pingora.spring.process.UpgradeSignal;
import dev.pingora.spring.upgrade.Compatibility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the server.
 *
 * @param enabled Whether the server is started.
 * @param threads Number of event-loop threads of each service. The default is the number
 * of available processors.
 * @param services Services by name.
 * @param upgrade Hand-over to a new JVM.
 * @param shutdown Shutdown without a new JVM.
 * @param drain End of the connections, after a hand-over and before a shutdown.
 * @param signals Signals that operate the server.
 * @param web The application's own web server.
 * @param metrics Metrics of the server.
 * @param background Work in the background, which runs in one JVM at a time.
 */
@ConfigurationProperties("pingora")
public record PingoraProperties(@DefaultValue("true") boolean enabled, @Nullable Integer threads,
		@DefaultValue Map<String, Service> services, @DefaultValue Upgrade upgrade, @DefaultValue Shutdown shutdown,
		@DefaultValue Drain drain, @DefaultValue Signals signals, @DefaultValue Web web, @DefaultValue Metrics metrics,
		@DefaultValue Background background) {

	public PingoraProperties {
		PropertyRules.positive("pingora.threads", threads);
		services.forEach(
				(name, service) -> PropertyRules.positive("pingora.services." + name + ".threads", service.threads()));
	}

	int threads(Service service) {
		if (service.threads() != null) {
			return service.threads();
		}
		return (this.threads != null) ? this.threads : Runtime.getRuntime().availableProcessors();
	}

	/**
	 * Configuration of one service.
	 *
	 * @param listeners Addresses to listen on, as '0.0.0.0:6188', '[::]:6189' or
	 * 'unix:/run/app.sock'. Port 0 means any free port.
	 * @param threads Number of event-loop threads of the service. The default is
	 * 'pingora.threads'.
	 * @param backlog Number of connections that may wait to be accepted. The default is
	 * the limit of the operating system.
	 * @param unixPermissions Permissions of the paths of Unix sockets. Connecting needs
	 * the permission to write.
	 * @param dependsOn Names of the services that have to be ready before this one
	 * starts.
	 * @param connectionLimit Number of connections that may be open at a time on each
	 * listener. Further ones wait. There is no limit by default.
	 * @param tls TLS of the service.
	 * @param tcp TCP options of the listeners.
	 */
	public record Service(@DefaultValue List<String> listeners, @Nullable Integer threads, @Nullable Integer backlog,
			@DefaultValue("rw-rw-rw-") String unixPermissions, @DefaultValue List<String> dependsOn,
			@Nullable Integer connectionLimit, @DefaultValue ServiceTls tls, @DefaultValue ServiceTcp tcp) {
	}

	/**
	 * Configuration of the hand-over to a new JVM.
	 *
	 * @param sock Unix socket at which the old and the new JVM meet. The default is named
	 * after 'spring.application.name', in a private directory of the user below the
	 * directory for temporary files.
	 * @param receiveTimeout How long the new JVM waits for the listening sockets of the
	 * old one, counted from its start.
	 * @param connectTimeout How long the old JVM waits for the new one to listen.
	 * @param readyTimeout How long the old JVM waits for the new one to be ready to
	 * accept, counted from the moment that it has the listening sockets.
	 * @param answerTimeout How long each JVM waits for the other to answer a message.
	 * @param drainTimeout How long the old JVM may drain after the hand-over.
	 * @param drainSpread Over how much of that time the traffic goes over to the new JVM.
	 * Meanwhile both accept, and the connections of the old one end one by one. With zero
	 * the new JVM has everything at once.
	 * @param maxDraining Number of old JVMs that may drain at a time. When one more
	 * begins to drain, the oldest is cut off.
	 * @param compatibility What a server that does not greet in time is taken for: for no
	 * successor, so that nothing is handed over, or for a Pingora, which never confirms
	 * anything.
	 * @param spawn Whether the signal that upgrades also starts the new JVM, with the
	 * command line of the old one. An upgrade by the endpoint always does.
	 * @param memoryCheck Whether there has to be memory for a second JVM like the old one
	 * before it starts the new one.
	 * @param nice By how many nice values the compilers of both JVMs and the hand-over
	 * itself come after requests. The new JVM does so as a whole while it starts and
	 * warms up, and runs only where a processor is idle. It needs the privilege or the
	 * limit to take that back. With zero both JVMs compete for the processors.
	 * @param warmUp Requests that the new JVM sends to itself before it accepts.
	 */
	public record Upgrade(@Nullable Path sock, @DefaultValue("60s") Duration receiveTimeout,
			@DefaultValue("30s") Duration connectTimeout, @DefaultValue("4m") Duration readyTimeout,
			@DefaultValue("10s") Duration answerTimeout, @DefaultValue("5m") Duration drainTimeout,
			@DefaultValue("4s") Duration drainSpread, @DefaultValue("3") int maxDraining,
			@DefaultValue("none") Compatibility compatibility, @DefaultValue("false") boolean spawn,
			@DefaultValue("true") boolean memoryCheck, @DefaultValue(Upgrade.NICE) int nice,
			@DefaultValue @NestedConfigurationProperty WarmUpProperties warmUp) {

		/**
		 * Needed before the properties are bound.
		 */
		static final String NICE = "10";

		public Upgrade {
			PropertyRules.positive("pingora.upgrade.receive-timeout", receiveTimeout);
			PropertyRules.positive("pingora.upgrade.connect-timeout", connectTimeout);
			PropertyRules.positive("pingora.upgrade.ready-timeout", readyTimeout);
			PropertyRules.positive("pingora.upgrade.answer-timeout", answerTimeout);
			PropertyRules.notNegative("pingora.upgrade.drain-timeout", drainTimeout);
			PropertyRules.notNegative("pingora.upgrade.drain-spread", drainSpread);
			PropertyRules.positive("pingora.upgrade.max-draining", maxDraining);
			PropertyRules.niceSteps("pingora.upgrade.nice", nice);
		}

	}

	/**
	 * Configuration of the shutdown without a new JVM.
	 *
	 * @param gracePeriod How long requests may take to finish after SIGTERM, and when the
	 * application context is closed.
	 * @param fastTimeout How long the application context may take to close after SIGINT,
	 * before the process ends all the same.
	 * @param preDrainDelay How long the server goes on accepting after SIGTERM, so that
	 * load balancers which ask for its readiness can leave it first.
	 */
	public record Shutdown(@DefaultValue("30s") Duration gracePeriod, @DefaultValue("1s") Duration fastTimeout,
			@DefaultValue("0s") Duration preDrainDelay) {

		public Shutdown {
			PropertyRules.notNegative("pingora.shutdown.pre-drain-delay", preDrainDelay);
			PropertyRules.notNegative("pingora.shutdown.grace-period", gracePeriod);
			PropertyRules.notNegative("pingora.shutdown.fast-timeout", fastTimeout);
		}

	}

	/**
	 * Configuration of the end of connections.
	 *
	 * @param streamTimeout How long WebSockets and server-sent events, which end when the
	 * client or the application wants, may go on when a drain has begun.
	 */
	public record Drain(@DefaultValue("10s") Duration streamTimeout) {

		public Drain {
			PropertyRules.notNegative("pingora.drain.stream-timeout", streamTimeout);
		}

	}

	/**
	 * Configuration of the signals.
	 *
	 * @param enabled Whether SIGINT, SIGTERM and the signal that upgrades are handled.
	 * @param upgrade Signal that hands the listening sockets over to a new JVM.
	 */
	public record Signals(@DefaultValue("true") boolean enabled, @DefaultValue("QUIT") UpgradeSignal upgrade) {
	}

	/**
	 * Configuration of the application's own web server.
	 *
	 * @param enabled Whether the web server of the application and its management port
	 * are listeners of the server, which drains them and hands them over.
	 */
	public record Web(@DefaultValue("true") boolean enabled) {
	}

	/**
	 * Configuration of the work in the background.
	 *
	 * @param readyTimeout How long services that others depend on may take to be ready.
	 * In a new JVM that takes over it is cut to four fifths of
	 * 'pingora.upgrade.answer-timeout'.
	 * @param stopTimeout How long background services may take to stop, before they are
	 * interrupted. An upgrade fails where one does not stop.
	 * @param scheduled Whether methods with '@Scheduled' run as background services do:
	 * in one JVM at a time. The tasks of a JVM that does not serve wait until it does.
	 * @param lifecycleBeans Names of beans with a lifecycle that are started and stopped
	 * as background services, such as the registries of message listeners. Switch off
	 * their automatic start.
	 */
	public record Background(@DefaultValue("30s") Duration readyTimeout, @DefaultValue("10s") Duration stopTimeout,
			@DefaultValue("false") boolean scheduled, @DefaultValue List<String> lifecycleBeans) {

		public Background {
			PropertyRules.positive("pingora.background.ready-timeout", readyTimeout);
			PropertyRules.positive("pingora.background.stop-timeout", stopTimeout);
		}

	}

	/**
	 * Configuration of the metrics.
	 *
	 * @param enabled Whether the server is shown in the metrics of Micrometer.
	 * @param carryOver Whether counts go on from those of the old JVM after an upgrade.
	 * Otherwise they start from zero with each JVM, as after a restart.
	 */
	public record Metrics(@DefaultValue("true") boolean enabled, @DefaultValue("false") boolean carryOver) {
	}

}
