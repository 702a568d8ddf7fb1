package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes that connect while a successor waits for its predecessor. Each has a
 * thread of its own, so that none that is silent keeps another waiting; the first that
 * hands over is the predecessor.
 */
final class Candidates implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Candidates.class);

	/**
	 * The most candidates at a time. Further ones wait until one of them has spoken, or
	 * has been silent for too long.
	 */
	static final int MAX = 32;

	private final UpgradeServer server;

	private final UpgradeTimeouts timeouts;

	private final CompletableFuture<Candidate> chosen = new CompletableFuture<>();

	/**
	 * Completed when it is decided, and those that were not chosen are closed.
	 */
	private final CompletableFuture<Void> ended = new CompletableFuture<>();

	private final Set<Candidate> receiving = ConcurrentHashMap.newKeySet();

	private final Semaphore places = new Semaphore(MAX);

	Candidates(UpgradeServer server, UpgradeTimeouts timeouts) {
		this.server = server;
		this.timeouts = timeouts;
	}

	/**
	 * Wait for candidates in the background, until there is a predecessor or the time is
	 * over.
	 */
	void start() {
		run(this::accept, "pingora-predecessor");
	}

	private static void run(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		long deadline = System.nanoTime() + this.timeouts.receive().toNanos();
		try {
			while (!this.chosen.isDone()) {
				Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
				if (!this.places.tryAcquire(left.toNanos(), TimeUnit.NANOSECONDS)) {
					throw new UpgradeException("Those that connected to the upgrade socket handed nothing over");
				}
				Candidate candidate = new Candidate(this.server.accept(left), this.timeouts.answer());
				this.receiving.add(candidate);
				run(() -> receive(candidate), "pingora-candidate");
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is, the thread that waits for the sockets must hear of it.
			end(ex);
		}
		catch (InterruptedException ex) {
			end(new UpgradeException("Interrupted while waiting for the predecessor", ex));
		}
	}

	/**
	 * Stop waiting, unless a candidate is just handing over.
	 */
	private void end(Throwable reason) {
		this.chosen.completeExceptionally(reason);
		this.server.close();
		this.receiving.forEach(Candidate::close);
		this.ended.complete(null);
	}

	private void receive(Candidate candidate) {
		try {
			candidate.receive();
			if (this.chosen.complete(candidate)) {
				this.receiving.remove(candidate);
				end(new UpgradeException("The predecessor has handed over"));
			}
			else {
				candidate.refuse("this process has its sockets already, or has stopped waiting for them");
			}
		}
		catch (RuntimeException | Error ex) {
			candidate.refuse(String.valueOf(ex.getMessage()));
			logger.warn("Nothing was handed over: {}", ex.getMessage());
		}
		finally {
			this.receiving.remove(candidate);
			this.places.release();
		}
	}

	boolean isChosen() {
		return this.chosen.isDone();
	}

	/**
	 * Return the predecessor, if it has handed over.
	 */
	@Nullable Candidate chosen() {
		return (this.chosen.isDone() && !this.chosen.isCompletedExceptionally()) ? this.chosen.join() : null;
	}

	/**
	 * Wait for the predecessor.
	 * @throws UpgradeException if none hands over in time
	 */
	Candidate await() {
		try {
			this.ended.get();
			return this.chosen.get();
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new UpgradeException(String.valueOf(cause.getMessage()), cause);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UpgradeException("Interrupted while waiting for the predecessor", ex);
		}
	}

	@Override
	public void close() {
		end(new UpgradeException("This process does not wait for a predecessor any more"));
	}

}
