package dev.pingora.spring.server;

import java.util.Map;

import dev.pingora.spring.listen.Connections;
import dev.pingora.spring.listen.Listener;

/**
 * What became of the connections of one listener. The counts only grow; those of earlier
 * generations are included where {@code pingora.metrics.carry-over} says so.
 *
 * @param accepted how many were accepted
 * @param deferred how many were open when a drain began and were not closed then
 * @param drained how many of these have ended without an exchange being cut off
 * @param cutOff how many were closed in the middle of an exchange
 */
public record ConnectionCounts(long accepted, long deferred, long drained, long cutOff) {

	private static final String ACCEPTED = "accepted";

	private static final String DEFERRED = "deferred";

	private static final String DRAINED = "drained";

	private static final String CUT_OFF = "cut-off";

	static ConnectionCounts ofThisProcess(Listener listener) {
		Connections connections = listener.connections();
		return new ConnectionCounts(connections.accepted(), connections.deferred(), connections.drained(),
				connections.cutOff());
	}

	static ConnectionCounts inherited(Counts counts, Listener listener) {
		return new ConnectionCounts(counts.get(Counts.connections(ACCEPTED, listener)),
				counts.get(Counts.connections(DEFERRED, listener)), counts.get(Counts.connections(DRAINED, listener)),
				counts.get(Counts.connections(CUT_OFF, listener)));
	}

	ConnectionCounts plus(ConnectionCounts other) {
		return new ConnectionCounts(this.accepted + other.accepted, this.deferred + other.deferred,
				this.drained + other.drained, this.cutOff + other.cutOff);
	}

	ConnectionCounts minus(ConnectionCounts other) {
		return new ConnectionCounts(this.accepted - other.accepted, this.deferred - other.deferred,
				this.drained - other.drained, this.cutOff - other.cutOff);
	}

	/**
	 * Return the counts by the names that a successor knows them by.
	 */
	Map<String, Long> named(Listener listener) {
		return Map.of(Counts.connections(ACCEPTED, listener), this.accepted, Counts.connections(DEFERRED, listener),
				this.deferred, Counts.connections(DRAINED, listener), this.drained,
				Counts.connections(CUT_OFF, listener), this.cutOff);
	}

}
