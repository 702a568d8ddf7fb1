package dev.pingora.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One client, which sends a request at fixed times whatever becomes of the one before,
 * three of four over a connection that is kept and one over a connection of its own. A
 * request that cannot be sent in time is measured from the time at which it was due, so
 * that a stall is not hidden by the requests that were not sent in it.
 */
final class Client implements Runnable {

	private static final int OVER_ITS_OWN = 4;

	private final InetSocketAddress address;

	private final long first;

	private final long interval;

	private final BooleanSupplier stopped;

	private final int number;

	private final Samples samples;

	private @Nullable Connection kept;

	/**
	 * Create a client.
	 * @param first when the first request is due
	 * @param interval the time between two requests
	 * @param number that of the first request, which differs between clients so that they
	 * do not all open a connection at the same time
	 */
	Client(InetSocketAddress address, long first, long interval, int number, BooleanSupplier stopped, Samples samples) {
		this.address = address;
		this.first = first;
		this.interval = interval;
		this.number = number;
		this.stopped = stopped;
		this.samples = samples;
	}

	@Override
	public void run() {
		for (long due = this.first; !this.stopped.getAsBoolean(); due += this.interval) {
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			send((this.interval > 0) ? due : System.nanoTime());
		}
		end();
	}

	private void send(long due) {
		try {
			long pid = ((this.number + this.samples.count()) % OVER_ITS_OWN == 0) ? exchangeOverItsOwn() : exchange();
			this.samples.add(due, System.nanoTime() - due, pid);
		}
		catch (IOException | RuntimeException ex) {
			this.samples.add(due, System.nanoTime() - due, Samples.FAILED);
			end();
		}
	}

	private long exchangeOverItsOwn() throws IOException {
		try (Connection connection = new Connection(this.address, false)) {
			return connection.exchange();
		}
	}

	private long exchange() throws IOException {
		if (this.kept == null) {
			this.kept = new Connection(this.address, true);
		}
		long pid = this.kept.exchange();
		if (!this.kept.isReusable()) {
			end();
		}
		return pid;
	}

	private void end() {
		if (this.kept != null) {
			this.kept.close();
			this.kept = null;
		}
	}

}
