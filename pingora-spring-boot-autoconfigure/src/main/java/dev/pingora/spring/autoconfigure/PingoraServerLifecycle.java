package dev.pingora.spring.autoconfigure;

import java.util.function.Supplier;

import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;

/**
 * Ties the server to the application context: its sockets are claimed when the context
 * starts, it accepts when the application is ready, and it drains before anything else
 * stops.
 */
final class PingoraServerLifecycle implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent>, Ordered {

	private final PingoraServer server;

	private final Supplier<ServerPlan> plan;

	private final SignalRegistration signals;

	private final ApplicationContext context;

	private volatile boolean running;

	PingoraServerLifecycle(PingoraServer server, Supplier<ServerPlan> plan, SignalRegistration signals,
			ApplicationContext context) {
		this.server = server;
		this.plan = plan;
		this.signals = signals;
		this.context = context;
	}

	/**
	 * Claim the sockets.
	 * @throws IllegalStateException if the context was stopped before
	 */
	@Override
	public void start() {
		if (this.server.phase() == ExecutionPhase.TERMINATED) {
			throw new IllegalStateException("The server has ended and cannot start again: refresh a new context");
		}
		ServerPlan planned = this.plan.get();
		if (!planned.isEmpty() || !this.server.listeners().isEmpty()) {
			this.signals.begin();
			this.server.start(planned.services(), planned.background());
			this.running = true;
		}
	}

	/**
	 * Accept after every other listener of the event, so that what fails there fails the
	 * start and not a server that is in use.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.running && event.getApplicationContext() == this.context) {
			this.signals.await();
			this.server.ready();
		}
	}

	@Override
	public void stop(Runnable callback) {
		new Thread(() -> {
			stop();
			callback.run();
		}, "pingora-stop").start();
	}

	@Override
	public void stop() {
		this.running = false;
		this.server.stop();
		this.signals.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Go on while the context is paused, as the application's own web server does.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Return the last phase to start and the first to stop.
	 */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
