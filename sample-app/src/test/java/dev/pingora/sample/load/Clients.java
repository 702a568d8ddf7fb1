package dev.pingora.sample.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a load, which end after their current request.
 */
final class Clients {

	/** How long a client waits for anything. */
	static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final CountDownLatch stop = new CountDownLatch(1);

	private final List<Thread> threads = new ArrayList<>();

	void start(String name, Runnable client) {
		Thread thread = new Thread(client, name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	/**
	 * Return whether a client is to end, after a pause that is cut short then.
	 */
	boolean isStopped(Duration pause) {
		try {
			return this.stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			return true;
		}
	}

	/**
	 * Let every client end after its current request, without waiting for it.
	 */
	void stop() {
		this.stop.countDown();
	}

	void finish() {
		stop();
		for (Thread thread : this.threads) {
			try {
				thread.join(TIMEOUT.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
