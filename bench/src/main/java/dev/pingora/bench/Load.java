package dev.pingora.bench;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Clients that together send at a constant rate or as much as possible. They load only
 * loopback.
 */
final class Load implements AutoCloseable {

	private static final int CLIENTS = 32;

	private static final long JOIN_MILLIS = 20_000;

	private final CountDownLatch stop = new CountDownLatch(1);

	private final List<Thread> threads = new ArrayList<>();

	private final List<Samples> samples = new ArrayList<>();

	private Load(int port, long interval) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		long begin = System.nanoTime();
		for (int i = 0; i < CLIENTS; i++) {
			Samples own = new Samples();
			this.samples.add(own);
			Client client = new Client(address, begin + i * interval / CLIENTS, interval, i, this::isStopped, own);
			Thread thread = new Thread(client, "client-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
		}
		this.threads.forEach(Thread::start);
	}

	/**
	 * Send so many requests in a second, at even distances.
	 */
	static Load atRate(int port, int rate) {
		return new Load(port, TimeUnit.SECONDS.toNanos(CLIENTS) / rate);
	}

	/**
	 * Send one request after the other without a pause.
	 */
	static Load asMuchAsPossible(int port) {
		return new Load(port, 0);
	}

	private boolean isStopped() {
		return this.stop.getCount() == 0;
	}

	/**
	 * Go on for a while.
	 */
	Load lasting(double seconds) throws InterruptedException {
		this.stop.await((long) (seconds * 1000), TimeUnit.MILLISECONDS);
		return this;
	}

	/**
	 * Return the processes that have answered the latest request of some client.
	 */
	Set<Long> answeredBy() {
		return this.samples.stream().map(Samples::lastPid).filter((pid) -> pid > 0).collect(Collectors.toSet());
	}

	/**
	 * End every client after its current request.
	 */
	List<Samples> finish() throws InterruptedException {
		this.stop.countDown();
		for (Thread thread : this.threads) {
			thread.join(JOIN_MILLIS);
		}
		return this.samples;
	}

	@Override
	public void close() {
		this.stop.countDown();
	}

}
