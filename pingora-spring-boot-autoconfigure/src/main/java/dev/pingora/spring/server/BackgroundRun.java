package dev.pingora.spring.server;

import java.time.Duration;

import dev.pingora.spring.service.ShutdownSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One time that a background service works, from its start to its return.
 */
final class BackgroundRun {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundRun.class);

	private static final Duration NO_LIMIT = Duration.ofDays(10_000);

	private final BackgroundPlan plan;

	private final Readiness readiness;

	private volatile @Nullable BackgroundRun before;

	private final ShutdownSignal shutdown = new ShutdownSignal();

	private final Thread thread;

	private volatile BackgroundState state = BackgroundState.STARTING;

	private boolean waiting = true;

	/**
	 * Create a run that has not started.
	 * @param before the run whose end it waits for, or {@code null}
	 */
	BackgroundRun(BackgroundPlan plan, Readiness readiness, @Nullable BackgroundRun before) {
		this.plan = plan;
		this.readiness = readiness;
		this.before = before;
		this.thread = new Thread(this::run, "pingora-background-" + name());
		this.thread.setDaemon(true);
		readiness.reset(name());
	}

	String name() {
		return this.plan.service().name();
	}

	BackgroundState state() {
		return this.state;
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		try {
			awaitTurn();
			logger.info("Background service {} starts", name());
			this.plan.service().start(this.shutdown, this::ready);
			ended("it has returned", null);
		}
		catch (InterruptedException ex) {
			ended("it was interrupted", null);
		}
		catch (Exception ex) {
			ended("it has failed: " + ex.getMessage(), ex);
		}
	}

	private void awaitTurn() throws InterruptedException {
		BackgroundRun earlier = this.before;
		if (earlier != null) {
			earlier.join(NO_LIMIT);
			this.before = null;
		}
		this.readiness.await(this.plan.dependsOn(), NO_LIMIT);
		stopWaiting();
	}

	private synchronized void stopWaiting() throws InterruptedException {
		if (this.shutdown.isGiven()) {
			throw new InterruptedException();
		}
		this.waiting = false;
	}

	private synchronized void ready() {
		if (this.state == BackgroundState.STARTING) {
			this.state = BackgroundState.RUNNING;
			this.readiness.ready(name());
		}
	}

	private synchronized void ended(String how, @Nullable Exception failure) {
		if (this.shutdown.isGiven()) {
			this.state = BackgroundState.STOPPED;
			logger.info("Background service {} has stopped", name());
		}
		else {
			this.state = BackgroundState.ENDED;
			this.readiness.failed(name(), how);
			logger.error("Background service {} does not run any more: {}", name(), how, failure);
		}
	}

	/**
	 * Return whether the service was told to stop.
	 */
	boolean isSignalled() {
		return this.shutdown.isGiven();
	}

	/**
	 * Tell the service to stop, and do not start it where it still waits for others.
	 */
	void signal() {
		synchronized (this) {
			if (this.state != BackgroundState.ENDED && this.state != BackgroundState.STOPPED) {
				this.state = BackgroundState.STOPPING;
			}
			if (this.waiting) {
				this.thread.interrupt();
			}
		}
		this.shutdown.give();
	}

	/**
	 * Wait for the return of the service, of this run and of those before it, and
	 * interrupt it when the time is over.
	 * @return whether it has returned
	 */
	boolean awaitEnd(Duration timeout, Duration afterInterrupt) throws InterruptedException {
		if (join(timeout)) {
			return true;
		}
		logger.warn("Background service {} did not stop in time and is interrupted", name());
		interrupt();
		return join(afterInterrupt);
	}

	private void interrupt() {
		this.thread.interrupt();
		BackgroundRun earlier = this.before;
		if (earlier != null) {
			earlier.interrupt();
		}
	}

	/**
	 * Wait for the end of this run. One that was told to stop while it waited for the run
	 * before it has ended, but the service may still be at work.
	 */
	private boolean join(Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		this.thread.join(Math.max(1, timeout.toMillis()));
		BackgroundRun earlier = this.before;
		return !this.thread.isAlive()
				&& (earlier == null || earlier.join(Duration.ofNanos(deadline - System.nanoTime())));
	}

}
