package dev.pingora.sample.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that send at fixed times, three of four requests over a connection that they
 * keep. A request that cannot be sent in time is measured from the time at which it was
 * due, so that a stall is not hidden by the requests that were not sent in it.
 */
public final class SteadyLoad implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int OVER_ITS_OWN = 4;

	private final InetSocketAddress address;

	private final String path;

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final List<Thread> clients = new ArrayList<>();

	private volatile boolean ended;

	/**
	 * Begin to send.
	 * @param interval the time between two requests of one client
	 */
	public SteadyLoad(int port, String path, int clients, Duration interval) {
		this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		this.path = path;
		long begin = System.nanoTime();
		for (int i = 0; i < clients; i++) {
			long first = begin + i * interval.toNanos() / clients;
			int number = i;
			Thread client = new Thread(() -> run(first, interval.toNanos(), number));
			client.start();
			this.clients.add(client);
		}
	}

	/**
	 * Send until the end. The numbers of the first requests differ, so that clients do
	 * not all open a connection at the same time.
	 */
	private void run(long first, long interval, int number) {
		StrictConnection kept = null;
		for (long i = 0; !this.ended; i++) {
			long due = first + i * interval;
			while (due > System.nanoTime()) {
				LockSupport.parkNanos(due - System.nanoTime());
			}
			kept = ((i + number) % OVER_ITS_OWN == 0) ? sendAlone(kept, due) : send(kept, due);
		}
		close(kept);
	}

	private StrictConnection sendAlone(StrictConnection kept, long due) {
		close(send(null, due));
		return kept;
	}

	/**
	 * Send a request, and return the connection if it can be used again.
	 */
	private StrictConnection send(StrictConnection kept, long due) {
		StrictConnection connection = kept;
		try {
			connection = (kept != null) ? kept : new StrictConnection(this.address, TIMEOUT);
			StrictConnection.Response response = connection.get(this.path);
			if (response.status() / 100 != 2) {
				this.failures.add("status " + response.status());
			}
			this.answers.add(new Answer(due, System.nanoTime() - due));
			if (connection.isReusable()) {
				return connection;
			}
		}
		catch (IOException ex) {
			this.failures.add(ex.toString());
		}
		close(connection);
		return null;
	}

	private static void close(StrictConnection connection) {
		if (connection != null) {
			connection.close();
		}
	}

	public List<String> failures() {
		return List.copyOf(this.failures);
	}

	/**
	 * Return how long requests took that were due in a time.
	 */
	public Latencies between(long from, long to) {
		return new Latencies(this.answers.stream()
			.filter((answer) -> answer.due() >= from && answer.due() < to)
			.map(Answer::nanos)
			.sorted()
			.toList());
	}

	@Override
	public void close() {
		this.ended = true;
		for (Thread client : this.clients) {
			try {
				client.join(TIMEOUT.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private record Answer(long due, long nanos) {
	}

	/**
	 * How long requests took.
	 *
	 * @param nanos of each, in ascending order
	 */
	public record Latencies(List<Long> nanos) {

		/**
		 * Return a quantile in milliseconds.
		 */
		public double quantile(double quantile) {
			return this.nanos.get((int) Math.min(this.nanos.size() - 1, this.nanos.size() * quantile)) / 1_000_000.0;
		}

	}

}
