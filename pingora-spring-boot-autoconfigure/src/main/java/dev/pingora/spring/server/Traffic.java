package dev.pingora.spring.server;

import java.util.Collection;
import java.util.List;

import dev.pingora.spring.listen.Listener;

/**
 * What has come in through some listeners since a moment.
 */
final class Traffic {

	private final List<Listener> listeners;

	private final long before;

	private Traffic(List<Listener> listeners) {
		this.listeners = listeners;
		this.before = accepted();
	}

	static Traffic fromNowOn(List<Listener> listeners) {
		return new Traffic(listeners);
	}

	int listenerCount() {
		return this.listeners.size();
	}

	List<Listener> listenersWithout(Collection<Listener> others) {
		return this.listeners.stream().filter((listener) -> !others.contains(listener)).toList();
	}

	private long accepted() {
		return this.listeners.stream().mapToLong((listener) -> listener.connections().accepted()).sum();
	}

	/**
	 * Return whether no connection is open and none has come.
	 */
	boolean isNone() {
		return this.listeners.stream().allMatch((listener) -> listener.connections().active() == 0)
				&& accepted() == this.before;
	}

}
