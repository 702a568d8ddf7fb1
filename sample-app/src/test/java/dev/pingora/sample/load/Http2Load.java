package dev.pingora.sample.load;

import java.net.ConnectException;
import java.time.Duration;

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

	/**
	 * One connection at a time. Where the connection that it has picked was told to go
	 * away before the request is sent, the pool picks once more; of two that are told at
	 * the same time it would give up on the second.
	 */
	private final ConnectionProvider connections = ConnectionProvider.create("http2", 1);

	private final HttpClient client;

	private final Tally tally = new Tally("http2");

	private final Clients clients = new Clients();

	public Http2Load(int port, String path, boolean tls, int count) {
		this.client = client(this.connections, port, tls);
		for (int i = 0; i < count; i++) {
			this.clients.start("http2-" + i, () -> run(path));
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
		while (!this.clients.isStopped(Duration.ZERO)) {
			try {
				this.client.get().uri(path).responseSingle((response, body) -> {
					String pid = response.responseHeaders().get("X-Pid", "-1");
					return body.asString().defaultIfEmpty("").flatMap((text) -> {
						this.tally.judge(response.status().code(), Long.parseLong(pid),
								text.contains("\"pid\":" + pid + ","), text);
						return Mono.empty();
					});
				}).block(Clients.TIMEOUT);
			}
			catch (RuntimeException ex) {
				this.tally.failed(outcome(ex), String.valueOf(ex));
			}
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
		this.clients.finish();
		return this;
	}

	@Override
	public void close() {
		finish();
		this.connections.dispose();
	}

}
