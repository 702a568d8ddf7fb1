package dev.pingora.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * One client, which sends a request at fixed times whatever becomes of the one before. A
 * request that cannot be sent in time is measured from the time at which it was due, so
 * that a stall is not hidden by the requests that were not sent in it.
 */
final class Client implements Runnable {

	private final InetSocketAddress address;

	private final boolean keepAlive;

	private final long first;

	private final long interval;

	private final BooleanSupplier stopped;

	private final Samples samples;

	private @Nullable Connection connection;

	Client(InetSocketAddress address, boolean keepAlive, long first, long interval, BooleanSupplier stopped,
			Samples samples) {
		this.address = address;
		this.keepAlive = keepAlive;
		this.first = first;
		this.interval = interval;
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
			if (this.connection == null) {
				this.connection = new Connection(this.address, this.keepAlive);
			}
			long pid = this.connection.exchange();
			this.samples.add(due, System.nanoTime() - due, pid);
			if (!this.keepAlive || !this.connection.isReusable()) {
				end();
			}
		}
		catch (IOException | RuntimeException ex) {
			this.samples.add(due, System.nanoTime() - due, Samples.FAILED);
			end();
		}
	}

	private void end() {
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
	}

}
