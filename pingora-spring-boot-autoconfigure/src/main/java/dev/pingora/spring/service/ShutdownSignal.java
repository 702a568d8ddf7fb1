package dev.pingora.spring.service;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells a {@link BackgroundService} to stop. It is given once and not taken back.
 */
public final class ShutdownSignal {

	private final CompletableFuture<Void> given = new CompletableFuture<>();

	/**
	 * Give the signal.
	 */
	public void give() {
		this.given.complete(null);
	}

	/**
	 * Return whether the signal was given.
	 * @return whether the work shall stop
	 */
	public boolean isGiven() {
		return this.given.isDone();
	}

	/**
	 * Wait for the signal.
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public void await() throws InterruptedException {
		try {
			this.given.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Wait for the signal, as the pause between two turns of the work.
	 * @param timeout how long at the most
	 * @return whether the signal was given
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public boolean await(Duration timeout) throws InterruptedException {
		try {
			this.given.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Call back when the signal is given, at once if it was given already.
	 * @param callback called on the thread that gives the signal
	 */
	public void whenGiven(Runnable callback) {
		this.given.thenRun(callback);
	}

}
