package dev.pingora.spring.listen;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.netty.channel.Channel;

/**
 * The open connections of one listener.
 */
public final class Connections {

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	private final LongAdder accepted = new LongAdder();

	private volatile boolean draining;

	void add(Channel channel) {
		this.accepted.increment();
		this.open.add(channel);
		channel.closeFuture().addListener((future) -> remove(channel));
	}

	private void remove(Channel channel) {
		this.open.remove(channel);
		if (this.draining && this.open.isEmpty()) {
			synchronized (this) {
				notifyAll();
			}
		}
	}

	/**
	 * Return how many connections were accepted since the start.
	 * @return a count that only grows
	 */
	public long accepted() {
		return this.accepted.sum();
	}

	/**
	 * Return how many connections are open.
	 * @return the open connections, idle ones included
	 */
	public int active() {
		return this.open.size();
	}

	/**
	 * Return how many open connections have an exchange that is not finished: an HTTP
	 * request without its whole response, or any dialogue of another protocol.
	 * @return the busy connections
	 */
	public int busy() {
		return (int) this.open.stream().filter(Connections::isBusy).count();
	}

	private static boolean isBusy(Channel channel) {
		HttpDeferredClose http = channel.pipeline().get(HttpDeferredClose.class);
		return http == null || http.isBusy();
	}

	boolean isDraining() {
		return this.draining;
	}

	void draining(boolean draining) {
		this.draining = draining;
	}

	/**
	 * Wait until no connection is open.
	 * @param timeout how long at the most
	 * @return whether none is open
	 * @throws InterruptedException if the drain is called off
	 */
	public synchronized boolean awaitNone(Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (!this.open.isEmpty()) {
			long left = deadline - System.nanoTime();
			if (left <= 0) {
				return false;
			}
			wait(left / 1_000_000, (int) (left % 1_000_000));
		}
		return true;
	}

	/**
	 * Close every connection at once.
	 * @return how many of them were busy
	 */
	int cutOff() {
		int busy = 0;
		for (Channel channel : this.open) {
			busy += isBusy(channel) ? 1 : 0;
			channel.close();
		}
		return busy;
	}

}
