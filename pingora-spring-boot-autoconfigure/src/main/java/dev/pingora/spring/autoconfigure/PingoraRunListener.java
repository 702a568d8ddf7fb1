package dev.pingora.spring.autoconfigure;

import java.time.Duration;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.process.Flags;
import dev.pingora.spring.server.Generations;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.UpgradeException;
import dev.pingora.spring.upgrade.UpgradeSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringApplicationRunListener;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.ApplicationPidFileWriter;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Sees the command line before the application does. A successor listens for its
 * predecessor from here on, long before the context starts.
 */
final class PingoraRunListener implements SpringApplicationRunListener {

	private static final Logger logger = LoggerFactory.getLogger(PingoraRunListener.class);

	private final SpringApplication application;

	private final String[] arguments;

	private @Nullable Flags flags;

	private @Nullable Predecessor predecessor;

	private @Nullable UpgradePrecedence precedence;

	PingoraRunListener(SpringApplication application, String[] arguments) {
		this.application = application;
		this.arguments = arguments;
	}

	@Override
	public void starting(ConfigurableBootstrapContext bootstrapContext) {
		Flags read = CommandLineFlags.read(this.application.getMainApplicationClass(), this.arguments);
		bootstrapContext.register(Flags.class, (context) -> read);
		this.flags = read;
		DaemonStart.begin();
	}

	@Override
	public void environmentPrepared(ConfigurableBootstrapContext bootstrapContext,
			ConfigurableEnvironment environment) {
		CommandLineFlags.checkEnabled(environment, this.arguments);
		if (this.flags != null) {
			DaemonStart.launch(this.flags, environment);
			if ((this.flags.upgrade() || this.flags.test()) && isEnabled(environment)) {
				this.precedence = UpgradePrecedence.of(environment);
				this.precedence.startLow();
			}
		}
	}

	@Override
	public void contextPrepared(ConfigurableApplicationContext context) {
		if (this.flags == null || !isEnabled(context.getEnvironment())) {
			return;
		}
		warnOfPidFile();
		if (this.precedence != null) {
			context.getBeanFactory().registerSingleton("pingoraUpgradePrecedence", this.precedence);
		}
		NativeCode.load(context.getEnvironment());
		if (this.flags.test()) {
			ConfigurationTest.prepare(context);
		}
		else if (this.flags.upgrade()) {
			awaitPredecessor(context, context.getEnvironment());
		}
	}

	private void awaitPredecessor(ConfigurableApplicationContext context, Environment environment) {
		if (!EventLoops.canAdopt()) {
			throw new UpgradeException("Taking over from a running server needs Linux with native epoll");
		}
		PingoraProperties properties = Binder.get(environment).bindOrCreate("pingora", PingoraProperties.class);
		UpgradeSocket socket = UpgradeConfiguration.socket(properties, environment);
		new Generations(socket).refuseSecondSuccessor();
		this.predecessor = Predecessor.listen(socket, UpgradeConfiguration.timeouts(properties));
		context.getBeanFactory().registerSingleton("pingoraPredecessor", this.predecessor);
		DaemonStart.ready(environment);
	}

	@Override
	public void ready(ConfigurableApplicationContext context, @Nullable Duration timeTaken) {
		DaemonStart.ready(context.getEnvironment());
		if (this.precedence != null) {
			this.precedence.started();
		}
	}

	private static boolean isEnabled(Environment environment) {
		return environment.getProperty("pingora.enabled", Boolean.class, true);
	}

	private void warnOfPidFile() {
		if (this.application.getListeners().stream().anyMatch(ApplicationPidFileWriter.class::isInstance)) {
			logger.warn("The ApplicationPidFileWriter of this application deletes its file when a process exits, "
					+ "also when the file names the successor of that process: set 'pingora.pid-file' instead");
		}
	}

	@Override
	public void failed(@Nullable ConfigurableApplicationContext context, Throwable exception) {
		if (this.predecessor != null) {
			this.predecessor.fail(reason(exception));
		}
	}

	private static String reason(Throwable exception) {
		Throwable root = exception;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return "the start failed with %s: %s".formatted(root.getClass().getSimpleName(), root.getMessage());
	}

}
