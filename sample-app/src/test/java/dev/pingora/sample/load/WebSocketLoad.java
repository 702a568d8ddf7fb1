package dev.pingora.sample.load;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import javax.net.ssl.SSLContext;

/**
 * Clients that say something over a WebSocket and wait for its echo. A server that goes
 * has to say so, with status 1001.
 */
public final class WebSocketLoad implements AutoCloseable {

	private static final Duration PAUSE = Duration.ofMillis(20);

	private static final String GOING_AWAY = "closed with 1001";

	private final Tally tally = new Tally("websocket");

	private final LongAdder unanswered = new LongAdder();

	private final Clients clients = new Clients();

	private final HttpClient http;

	private final URI uri;

	public WebSocketLoad(int port, String path, SSLContext tls, int count) {
		HttpClient.Builder builder = HttpClient.newBuilder();
		this.http = ((tls != null) ? builder.sslContext(tls) : builder).build();
		this.uri = URI.create("%s://localhost:%d%s".formatted((tls != null) ? "wss" : "ws", port, path));
		for (int i = 0; i < count; i++) {
			this.clients.start("websocket-" + i, this::run);
		}
	}

	private void run() {
		while (!this.clients.isStopped(PAUSE)) {
			try {
				Ear ear = new Ear();
				converse(this.http.newWebSocketBuilder().buildAsync(this.uri, ear).join(), ear);
			}
			catch (CompletionException ex) {
				boolean refused = ex.getCause() instanceof ConnectException;
				this.tally.failed(refused ? Outcome.REFUSED : Outcome.RESET, String.valueOf(ex));
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private void converse(WebSocket socket, Ear ear) throws InterruptedException {
		for (int i = 0; !this.clients.isStopped(PAUSE); i++) {
			String text = "message " + i;
			CompletionStage<?> sent = socket.sendText(text, true);
			String heard = ear.heard.poll(Clients.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
			if (text.equals(heard)) {
				this.tally.served(0);
				continue;
			}
			if (GOING_AWAY.equals(heard)) {
				this.unanswered.increment();
			}
			else {
				this.tally.failed(Outcome.RESET, heard + " after " + sent);
			}
			return;
		}
		socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
	}

	public Tally tally() {
		return this.tally;
	}

	/**
	 * Return how many messages were sent about when the server said that it goes.
	 */
	public long unanswered() {
		return this.unanswered.sum();
	}

	@Override
	public void close() {
		this.clients.finish();
	}

	/**
	 * What one client hears.
	 */
	private static final class Ear extends WholeTexts {

		private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

		@Override
		protected void heard(String text) {
			this.heard.add(text);
		}

		@Override
		public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.heard.add("closed with " + status);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.heard.add(String.valueOf(error));
		}

	}

}
