package dev.pingora.sample.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

import javax.net.ssl.SSLContext;

/**
 * Clients of server-sent events without end, each of which is to end as a whole response
 * when its server goes.
 */
public final class EventLoad implements AutoCloseable {

	private static final Duration PAUSE = Duration.ofMillis(20);

	private final Tally tally = new Tally("events");

	private final Clients clients = new Clients();

	private final InetSocketAddress address;

	private final SSLContext tls;

	public EventLoad(int port, String path, SSLContext tls, int count) {
		this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		this.tls = tls;
		for (int i = 0; i < count; i++) {
			this.clients.start("events-" + i, () -> run(path));
		}
	}

	private void run(String path) {
		while (!this.clients.isStopped(PAUSE)) {
			try (StrictConnection connection = new StrictConnection(this.address, Clients.TIMEOUT, this.tls)) {
				connection.send("GET", path, null);
				connection.receiveHead();
				connection.receiveChunks();
				this.tally.served(0);
			}
			catch (ConnectException ex) {
				this.tally.failed(Outcome.REFUSED, String.valueOf(ex));
			}
			catch (IOException | RuntimeException ex) {
				this.tally.failed((ex instanceof EOFException) ? Outcome.EARLY_END : Outcome.RESET, String.valueOf(ex));
			}
		}
	}

	public Tally tally() {
		return this.tally;
	}

	/**
	 * Open no more streams. Those that are open end with their server.
	 */
	public void stop() {
		this.clients.stop();
	}

	@Override
	public void close() {
		this.clients.finish();
	}

}
