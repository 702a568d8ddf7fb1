package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.spring.listen.Listener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the connections of a server: each after its next response, and at the
 * deadline those that are left.
 */
final class Drain {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private final List<Listener> listeners;

	private final Duration timeout;

	private final Instant begun = Instant.now();

	private final long beginNanos = System.nanoTime();

	private final int connections;

	Drain(List<Listener> listeners, Duration timeout) {
		this.listeners = listeners;
		this.timeout = timeout;
		this.connections = sum(listeners, false);
	}

	/**
	 * Wait for the last connection, and cut off at the deadline.
	 * @throws InterruptedException if the drain is called off
	 */
	void run() throws InterruptedException {
		long begin = System.nanoTime();
		logger.info("Draining {} connections, of which {} are busy", sum(this.listeners, false),
				sum(this.listeners, true));
		for (Listener listener : this.listeners) {
			Duration left = this.timeout.minusNanos(System.nanoTime() - this.beginNanos);
			if (!listener.connections().awaitNone(left)) {
				cutOff("The deadline of the drain (%s s) is over".formatted(this.timeout.toMillis() / 1000.0));
				return;
			}
		}
		logger.info("Drained in {} ms", (System.nanoTime() - begin) / 1_000_000);
	}

	/**
	 * Return what is left until the deadline, for what ends after the connections.
	 */
	Duration left() {
		return Duration.between(Instant.now(), this.begun.plus(this.timeout));
	}

	/**
	 * Return how far the drain has come.
	 * @param sharing how far this process has left its traffic to its successor, or
	 * {@code null} where the two do not share it
	 */
	DrainReport report(@Nullable SharingReport sharing) {
		return new DrainReport(this.begun, this.begun.plus(this.timeout), this.connections, sum(this.listeners, false),
				sum(this.listeners, true), sharing);
	}

	private static int sum(List<Listener> listeners, boolean busy) {
		return listeners.stream()
			.mapToInt((listener) -> busy ? listener.busy() : listener.connections().active())
			.sum();
	}

	/**
	 * Cut off what is left.
	 * @param why the reason, as the beginning of a sentence
	 */
	void cutOff(String why) {
		int active = sum(this.listeners, false);
		List<String> places = new ArrayList<>();
		int cut = 0;
		for (Listener listener : this.listeners) {
			int here = listener.connections().cutOff(listener::cutOff);
			cut += here;
			if (here > 0) {
				places.add("%d on %s (%s)".formatted(here, listener.address(), listener.service()));
			}
		}
		logger.warn("{}: closed {} idle connections, cut off {} busy ones{}", why, active - cut, cut,
				places.isEmpty() ? "" : ": " + String.join(", ", places));
	}

}
