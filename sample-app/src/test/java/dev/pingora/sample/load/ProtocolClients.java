package dev.pingora.sample.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import static org.awaitility.Awaitility.await;

/**
 * Clients of every protocol at once: HTTP/1.1, HTTP/2, WebSockets and server-sent events.
 */
public final class ProtocolClients implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final StrictLoad http;

	private final Http2Load http2;

	private final WebSocketLoad sockets;

	private final EventLoad events;

	/**
	 * Begin to ask.
	 * @param tls whether the port speaks TLS
	 */
	public ProtocolClients(int port, boolean tls) {
		SSLContext trusting = tls ? TestTls.client() : null;
		this.http = new StrictLoad(port, "/hello", trusting).light();
		this.http2 = new Http2Load(port, "/hello", tls, 2);
		this.sockets = new WebSocketLoad(port, "/chat", trusting, 4);
		this.events = new EventLoad(port, "/ticks", trusting, 4);
	}

	/**
	 * Wait until each kind was served some more.
	 */
	public void awaitServed() {
		long before = this.http.served();
		long before2 = this.http2.tally().served();
		long before3 = this.sockets.tally().served();
		await().atMost(TIMEOUT)
			.until(() -> this.http.served() > before + 200 && this.http2.tally().served() > before2 + 100
					&& this.sockets.tally().served() > before3 + 20);
	}

	/**
	 * Return how many requests of HTTP/1.1 a process has answered.
	 */
	public long servedBy(long pid) {
		return this.http.servedBy(pid);
	}

	/**
	 * Ask no more. Streams of events that are open end with their server.
	 */
	public void finish() {
		this.http.finish();
		this.http2.finish();
		this.sockets.close();
		this.events.stop();
	}

	public List<Tally> tallies() {
		List<Tally> tallies = new ArrayList<>(this.http.tallies());
		tallies.addAll(List.of(this.http2.tally(), this.sockets.tally(), this.events.tally()));
		return tallies;
	}

	/**
	 * Return how many messages were under way when their WebSocket was told that its
	 * server goes.
	 */
	public long unanswered() {
		return this.sockets.unanswered();
	}

	@Override
	public void close() {
		this.events.close();
		this.sockets.close();
		this.http2.close();
		this.http.close();
	}

}
