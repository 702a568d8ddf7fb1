package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.pingora.gallery.Gallery;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One drain of a real process whose clients do all that clients can do, fair and hostile.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ManyClientsEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Duration GRACE = Duration.ofSeconds(7);

	private static final Duration EXIT = Duration.ofSeconds(4);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

	private final List<StrictConnection> opened = new ArrayList<>();

	@AfterEach
	void end() {
		this.drip.shutdownNow();
		this.opened.forEach(StrictConnection::close);
	}

	@ParameterizedTest
	@EnumSource
	void fairClientsAreServedAndHostileOnesHoldNobodyBeyondTheDeadline(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind, "--spring.main.sources=" + Gallery.class.getName(),
				"--pingora.services.gallery.listeners=127.0.0.1:0", "--pingora.services.ticker.listeners=127.0.0.1:0",
				"--pingora.shutdown.grace-period=" + GRACE.toSeconds() + "s")
			.awaitRunning();
		List<Fair> fair = new ArrayList<>();
		for (String service : (kind == WebServerKind.NETTY) ? List.of("web", "gallery") : List.of("web")) {
			fair.add(new Fair(server, service));
			hostile(server, service);
		}
		long begin = System.nanoTime();
		server.signal("TERM").awaitLog("Draining ");
		for (Fair clients : fair) {
			clients.finish();
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(GRACE)
			.isLessThan(GRACE.plus(EXIT));
		assertThat(server.log()).containsPattern("cut off [1-9]\\d* busy ones: ");
	}

	/**
	 * Add clients that never come to an end: a head, an upload, and a reader that does
	 * not read.
	 */
	private void hostile(SampleProcess server, String service) throws IOException {
		StrictConnection head = connect(server, service);
		head.sendRaw("GET /hello HTTP/1.1\r\nX-Slow: ");
		StrictConnection upload = connect(server, service);
		upload.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
		connect(server, service).send("GET", "/large", null);
		this.drip.scheduleAtFixedRate(() -> send(head, upload), 0, 250, TimeUnit.MILLISECONDS);
	}

	private static void send(StrictConnection... connections) {
		for (StrictConnection connection : connections) {
			try {
				connection.sendRaw("a");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * Return a connection that the server has, because it has served it.
	 */
	private StrictConnection connect(SampleProcess server, String service) throws IOException {
		StrictConnection connection = server.connect(service, TIMEOUT);
		this.opened.add(connection);
		assertThat(connection.get("/hello").status()).isEqualTo(200);
		return connection;
	}

	/**
	 * The clients of one listener whose exchanges can finish.
	 */
	private final class Fair {

		private final StrictConnection missing;

		private final StrictConnection moved;

		private final StrictConnection file;

		private final StrictConnection asking;

		private final StrictConnection chunked;

		private final StrictConnection halfSent;

		private final StrictConnection streaming;

		Fair(SampleProcess server, String service) throws IOException {
			this.missing = connect(server, service);
			this.moved = connect(server, service);
			this.file = connect(server, service);
			this.asking = connect(server, service);
			this.chunked = connect(server, service);
			this.chunked
				.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
			this.halfSent = connect(server, service);
			this.halfSent.sendRaw("GET /hello HT");
			this.streaming = connect(server, service);
			this.streaming.send("GET", "/drip", null);
			assertThat(this.streaming.receiveHead().status()).isEqualTo(200);
		}

		void finish() throws IOException {
			assertThat(last(this.missing, "GET /missing").status()).isEqualTo(404);
			assertThat(last(this.moved, "GET /moved").headers()).containsEntry("Location", "/hello");
			assertThat(last(this.file, "GET /file.txt").body()).isEqualTo("a file\n");
			this.asking
				.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
			assertThat(this.asking.receiveHead().status()).isEqualTo(100);
			this.asking.sendRaw("abc");
			assertThat(last(this.asking).body()).isEqualTo("abc");
			this.chunked.sendRaw("3\r\ndef\r\n0\r\n\r\n");
			assertThat(last(this.chunked).body()).isEqualTo("abcdef");
			this.halfSent.sendRaw("TP/1.1\r\nHost: localhost\r\n\r\n");
			assertThat(last(this.halfSent).status()).isEqualTo(200);
			assertThat(this.streaming.receiveChunks()).startsWith("drop 0 ").endsWith("drop 9 ");
		}

		private static Response last(StrictConnection connection, String request) throws IOException {
			connection.sendRaw(request + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
			return last(connection);
		}

		/**
		 * Receive a response that says that it is the last one, and is.
		 */
		private static Response last(StrictConnection connection) throws IOException {
			Response response = connection.receive();
			assertThat(connection.isReusable()).as(response.toString()).isFalse();
			assertThat(connection.isAtEnd()).isTrue();
			return response;
		}

	}

}
