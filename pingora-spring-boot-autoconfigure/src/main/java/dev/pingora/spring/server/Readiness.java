package dev.pingora.spring.server;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which services are ready, for those that depend on them: one that listens when it
 * accepts, one in the background when it says so.
 */
final class Readiness {

	private static final String READY = "";

	/**
	 * What is known of each service: nothing yet, that it is ready, or why it is not.
	 */
	private final Map<String, CompletableFuture<String>> states = new ConcurrentHashMap<>();

	void ready(String service) {
		of(service).complete(READY);
	}

	void failed(String service, String reason) {
		of(service).complete(reason);
	}

	/**
	 * Forget that a service was ready or failed.
	 */
	void reset(String service) {
		this.states.remove(service);
	}

	/**
	 * Wait until services are ready.
	 * @throws IllegalStateException if one of them fails, or is not ready in time
	 */
	void await(Collection<String> services, Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		for (String service : services) {
			await(service, Math.max(0, deadline - System.nanoTime()));
		}
	}

	private void await(String service, long nanos) throws InterruptedException {
		try {
			String state = of(service).get(nanos, TimeUnit.NANOSECONDS);
			if (!state.equals(READY)) {
				throw new IllegalStateException("The service '%s' is not ready: %s".formatted(service, state));
			}
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The service '%s' is not ready in time".formatted(service), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private CompletableFuture<String> of(String service) {
		return this.states.computeIfAbsent(service, (name) -> new CompletableFuture<>());
	}

}
