package dev.pingora.sample.load;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * Clients that send one HTTP/2 request after the other, many over one connection, and
 * never retry any.
 */
public final class Http2Load implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final ConnectionProvider connections = ConnectionProvider.create("http2", 2);

	private final HttpClient client;

	private final Tally tally = new Tally("http2");

	private final AtomicBoolean stop = new AtomicBoolean();

	private final List<Thread> threads = new ArrayList<>();

	public Http2Load(int port, String path, boolean tls, int clients) {
		this.client = client(this.connections, port, tls);
		for (int i = 0; i < clients; i++) {
			Thread thread = new Thread(() -> run(path), "http2-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
			thread.start();
		}
	}

	/**
	 * Return a client that never retries.
	 */
	public static HttpClient client(ConnectionProvider connections, int port, boolean tls) {
		HttpClient plain = HttpClient.create(connections).disableRetry(true).host("localhost").port(port);
		return tls ? secure(plain) : plain.protocol(HttpProtocol.H2C);
	}

	private static HttpClient secure(HttpClient plain) {
		GenericSslContextSpec<?> any = Http2SslContextSpec.forClient()
			.configure((builder) -> builder.trustManager(InsecureTrustManagerFactory.INSTANCE));
		return plain.protocol(HttpProtocol.H2).secure((spec) -> spec.sslContext(any));
	}

	private void run(String path) {
		while (!this.stop.get()) {
			try {
				this.client.get().uri(path).responseSingle((response, body) -> {
					String pid = response.responseHeaders().get("X-Pid", "-1");
					return body.asString().defaultIfEmpty("").flatMap((text) -> {
						count(response.status().code(), Long.parseLong(pid), text);
						return Mono.empty();
					});
				}).block(TIMEOUT);
			}
			catch (RuntimeException ex) {
				this.tally.failed(outcome(ex), String.valueOf(ex));
			}
		}
	}

	private void count(int status, long pid, String body) {
		if (status / 100 != 2) {
			this.tally.failed(Outcome.STATUS, Integer.toString(status));
		}
		else if (!body.contains("\"pid\":" + pid + ",")) {
			this.tally.failed(Outcome.BODY, body);
		}
		else {
			this.tally.served(pid);
		}
	}

	private static Outcome outcome(RuntimeException ex) {
		if (ex.getCause() instanceof ConnectException) {
			return Outcome.REFUSED;
		}
		if (ex instanceof IllegalStateException) {
			return Outcome.TIMED_OUT;
		}
		return (ex.getCause() instanceof PrematureCloseException) ? Outcome.EARLY_END : Outcome.RESET;
	}

	public Tally tally() {
		return this.tally;
	}

	/**
	 * Stop every client after its current request.
	 */
	public Http2Load finish() {
		this.stop.set(true);
		for (Thread thread : this.threads) {
			try {
				thread.join(TIMEOUT.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
		return this;
	}

	@Override
	public void close() {
		finish();
		this.connections.dispose();
	}

}
