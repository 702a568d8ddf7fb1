package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;

/**
 * The scheduled tasks of the application as one background service, which is a gate:
 * tasks pass while it runs, and wait at it otherwise.
 */
final class ScheduledTasks implements BackgroundService {

	private boolean open;

	private int inside;

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
	 * @return whether it is; not if the thread was interrupted, which the end of the
	 * scheduler does
	 */
	private synchronized boolean enter() {
		try {
			while (!this.open) {
				wait();
			}
			this.inside++;
			return true;
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
