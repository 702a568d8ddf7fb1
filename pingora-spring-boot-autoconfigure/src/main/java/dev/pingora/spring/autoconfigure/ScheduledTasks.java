package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * The scheduled tasks of the application as one background service, which is a gate:
 * tasks pass while it runs, and wait at it otherwise. Those that wait when the
 * application closes are sent away, because the end of the scheduler waits for them.
 */
final class ScheduledTasks implements BackgroundService, ApplicationListener<ContextClosedEvent> {

	private final ApplicationContext context;

	private boolean open;

	private boolean closing;

	private int inside;

	ScheduledTasks(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public String name() {
		return "scheduled";
	}

	@Override
	public void start(ShutdownSignal shutdown, Runnable ready) throws InterruptedException {
		open();
		ready.run();
		shutdown.await();
		closeAndAwaitNobodyInside();
	}

	private synchronized void open() {
		this.open = true;
		notifyAll();
	}

	private synchronized void closeAndAwaitNobodyInside() throws InterruptedException {
		this.open = false;
		while (this.inside > 0) {
			wait();
		}
	}

	@Override
	public synchronized void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.closing = true;
			notifyAll();
		}
	}

	/**
	 * Return a task that waits at the gate.
	 */
	Runnable decorate(Runnable task) {
		return () -> {
			if (enter()) {
				try {
					task.run();
				}
				finally {
					leave();
				}
			}
		};
	}

	/**
	 * Wait until the gate is open.
	 * @return whether it is; not if the application closes, or if the thread was
	 * interrupted
	 */
	private synchronized boolean enter() {
		try {
			while (!this.open && !this.closing) {
				wait();
			}
			this.inside += this.open ? 1 : 0;
			return this.open;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private synchronized void leave() {
		this.inside--;
		notifyAll();
	}

}
