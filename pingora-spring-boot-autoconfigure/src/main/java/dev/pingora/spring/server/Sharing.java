package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.upgrade.Successor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which a predecessor and its successor both serve: connections of the
 * predecessor leave one by one, and of new ones it takes fewer and fewer.
 */
final class Sharing {

	private static final Logger logger = LoggerFactory.getLogger(Sharing.class);

	private final Successor successor;

	private final Spread spread;

	private final Traffic traffic;

	private final List<Listener> listeners;

	private final Turns turns;

	private final Instant begun = Instant.now();

	private volatile double share;

	Sharing(Successor successor, Spread spread, Traffic traffic, List<Listener> listeners) {
		this.successor = successor;
		this.spread = spread;
		this.traffic = traffic;
		this.listeners = listeners;
		this.turns = Turns.ofPredecessor(spread, listeners);
	}

	/**
	 * Return the listeners that both processes serve.
	 */
	List<Listener> listeners() {
		return this.listeners;
	}

	/**
	 * Share until the successor has all, and tell it so.
	 * @throws InterruptedException if the successor is gone
	 */
	void run(Duration streamTimeout) throws InterruptedException {
		logger.info("Sharing with the successor for {} ms: {} connections leave one by one",
				this.spread.span().toMillis(),
				this.listeners.stream().mapToInt((listener) -> listener.connections().active()).sum());
		this.turns.take((now) -> leave(now, streamTimeout));
		this.successor.draining();
	}

	private void leave(double now, Duration streamTimeout) {
		this.share = now;
		this.listeners.forEach((listener) -> listener.leave(now, streamTimeout));
		if (this.traffic.isNone()) {
			end();
		}
	}

	/**
	 * End it early. The successor has all then.
	 */
	void end() {
		this.turns.end(false);
	}

	SharingReport report() {
		return new SharingReport(this.begun.plus(this.spread.span()), this.share);
	}

}
