package dev.pingora.spring.process;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Tells a supervisor that watches, twice in each of its intervals, that this process is
 * alive ({@code sd_watchdog_enabled(3)}).
 */
public final class Watchdog {

	private final Supervisor supervisor;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Create a watchdog that is silent.
	 * @param supervisor who may watch
	 */
	public Watchdog(Supervisor supervisor) {
		this.supervisor = supervisor;
	}

	/**
	 * Begin, if the supervisor watches.
	 */
	public synchronized void start() {
		if (this.executor == null && this.supervisor.watchdog().isPresent()) {
			long micros = this.supervisor.watchdog().get().toNanos() / 2000;
			this.executor = Executors.newSingleThreadScheduledExecutor(Watchdog::thread);
			this.executor.scheduleAtFixedRate(() -> this.supervisor.say("WATCHDOG=1"), 0, micros,
					TimeUnit.MICROSECONDS);
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "pingora-watchdog");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Be silent, because the supervisor watches another process or none.
	 */
	public synchronized void stop() {
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
	}

}
