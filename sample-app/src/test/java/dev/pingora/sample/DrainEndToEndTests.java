package dev.pingora.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.pingora.gallery.Gallery;
import dev.pingora.gallery.JakartaChat;
import dev.pingora.gallery.Listening;
import dev.pingora.sample.load.Http2Load;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import dev.pingora.sample.load.TestTls;
import dev.pingora.sample.load.WholeTexts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The end of connections of every protocol, in real processes.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DrainEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int UPGRADES = Integer.getInteger("drain.upgrades", 1);

	private static final String HTTP2 = "--server.http2.enabled=true";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final ConnectionProvider connections = ConnectionProvider.create("test", 1);

	@AfterEach
	void closeConnections() {
		this.connections.dispose();
	}

	@ParameterizedTest
	@CsvSource({ "NETTY,false", "NETTY,true", "TOMCAT,false", "TOMCAT,true", "JETTY,true" })
	void everyHttp2StreamIsServed(WebServerKind kind, boolean tls) {
		List<String> options = options(tls);
		SampleProcess current = this.processes.start(kind, options).awaitRunning();
		try (Http2Load load = new Http2Load(current.port("web"), "/hello", tls, 2)) {
			for (int i = 0; i < UPGRADES; i++) {
				current = upgrade(current, kind, options, load.tally());
			}
			System.out.println(kind + (tls ? " TLS " : " ") + load.finish().tally());
			assertThat(load.tally().failures()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void http11IsServedBesideHttp2(boolean tls) {
		List<String> options = options(tls);
		SampleProcess first = this.processes.start(WebServerKind.NETTY, options).awaitRunning();
		try (StrictLoad load = new StrictLoad(first.port("web"), "/hello", tls ? TestTls.client() : null).light()) {
			upgrade(first, WebServerKind.NETTY, options, load.tallies().get(0));
			assertThat(load.finish().failures()).isEmpty();
			assertThat(first.log()).contains("Drained in");
		}
	}

	@ParameterizedTest
	@EnumSource
	void streamInFlightIsAnsweredByThePredecessor(WebServerKind kind) {
		SampleProcess first = this.processes.start(kind, HTTP2).awaitRunning();
		HttpClient client = Http2Load.client(this.connections, first.port("web"), false);
		CompletableFuture<Long> slow = pid(client, "/slow/6000").toFuture();
		SampleProcess second = this.processes.start(kind, "-u", HTTP2).awaitLog("Waiting for the predecessor");
		first.signal("QUIT").awaitLog("Draining ");
		second.awaitRunning();
		assertThat(slow.join()).isEqualTo(first.pid());
		assertThat(pid(client, "/hello").block(TIMEOUT)).isEqualTo(second.pid());
		assertThat(first.awaitExit()).isZero();
		assertThat(first.log()).contains("Drained in");
	}

	@Test
	void webSocketOfAServiceIsToldThatTheServerIsGoingAway() throws InterruptedException {
		SampleProcess server = this.processes.start().awaitRunning();
		isToldThatTheServerIsGoingAway(server, server.port("echo"), "/ws", server.pid() + " hello");
	}

	@ParameterizedTest
	@EnumSource
	void webSocketIsToldThatTheServerIsGoingAway(WebServerKind kind) throws InterruptedException {
		SampleProcess server = this.processes.start(kind, "--spring.main.sources=" + kind.chat().getName())
			.awaitRunning();
		isToldThatTheServerIsGoingAway(server, server.port("web"), "/chat", "hello");
	}

	@Test
	void webSocketThatBeginsInTheDrainOfTomcatIsAnswered() throws IOException {
		SampleProcess server = this.processes
			.start(WebServerKind.TOMCAT, "--spring.main.sources=" + JakartaChat.class.getName())
			.awaitRunning();
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			assertThat(connection.get("/hello").status()).isEqualTo(200);
			server.signal("TERM").awaitLog("Draining ");
			connection.sendRaw(String.join("\r\n", "GET /chat HTTP/1.1", "Host: localhost", "Connection: Upgrade",
					"Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
					"", ""));
			StrictConnection.Response response = connection.receiveHead();
			assertThat(response.status()).isEqualTo(101);
			assertThat(response.headers()).containsEntry("connection", "upgrade");
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	private static void isToldThatTheServerIsGoingAway(SampleProcess server, int port, String path, String answer)
			throws InterruptedException {
		Conversation conversation = new Conversation();
		WebSocket socket = java.net.http.HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://localhost:%d%s".formatted(port, path)), conversation)
			.join();
		socket.sendText("hello", true).join();
		assertThat(conversation.messages.poll(10, TimeUnit.SECONDS)).isEqualTo(answer);
		server.signal("TERM");
		assertThat(conversation.closed.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(1001);
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("Drained in");
	}

	@Test
	void pipelinedRequestsThatComeTogetherAreAllAnswered() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT);
				StrictConnection busy = server.connect("echo", TIMEOUT)) {
			busy.send("GET", "/slow/3000", null);
			assertThat(connection.get("/").status()).isEqualTo(200);
			server.signal("TERM").awaitLog("Draining ");
			connection.sendRaw("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
			for (int i = 0; i < 3; i++) {
				assertThat(connection.receive().status()).isEqualTo(200);
				assertThat(connection.isReusable()).isEqualTo(i < 2);
			}
			assertThat(connection.isAtEnd()).isTrue();
			assertThat(busy.receive().status()).isEqualTo(200);
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@ParameterizedTest
	@EnumSource
	void eventsEndWhenTheApplicationHearsOfTheDrain(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind).awaitRunning();
		try (StrictConnection events = server.connect("web", TIMEOUT)) {
			events.send("GET", "/events", null);
			assertThat(events.receiveHead().status()).isEqualTo(200);
			server.signal("TERM");
			assertThat(events.receiveChunks()).contains("\"pid\":" + server.pid());
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("Drained in");
	}

	@ParameterizedTest
	@EnumSource
	void endlessEventsEndAtTheirOwnDeadlineAsAWholeResponse(WebServerKind kind) throws IOException {
		SampleProcess server = this.processes.start(kind, "--pingora.drain.stream-timeout=1s").awaitRunning();
		try (StrictConnection events = server.connect("web", TIMEOUT)) {
			events.send("GET", "/events/endless", null);
			assertThat(events.receiveHead().status()).isEqualTo(200);
			server.signal("TERM");
			assertThat(events.receiveChunks()).contains("\"pid\":" + server.pid());
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("Drained in");
	}

	@Test
	void endlessEventsOverHttp2EndToo() {
		SampleProcess server = this.processes.start(WebServerKind.NETTY, HTTP2, "--pingora.drain.stream-timeout=1s")
			.awaitRunning();
		CountDownLatch open = new CountDownLatch(1);
		CompletableFuture<String> events = Http2Load.client(this.connections, server.port("web"), false)
			.get()
			.uri("/events/endless")
			.responseContent()
			.asString()
			.doOnNext((event) -> open.countDown())
			.reduce(String::concat)
			.toFuture();
		await().atMost(TIMEOUT).until(() -> open.getCount() == 0);
		server.signal("TERM");
		assertThat(events.join()).contains("\"pid\":" + server.pid());
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("Drained in");
	}

	@Test
	void dialogueOverTcpEndsItselfWhenItHearsOfTheDrain() throws IOException {
		SampleProcess server = this.processes
			.startWith(Gallery.class, "--pingora.services.gallery.listeners=127.0.0.1:0",
					"--pingora.services.ticker.listeners=127.0.0.1:0")
			.awaitRunning();
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port("ticker"))) {
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			BufferedReader lines = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			assertThat(lines.readLine()).isEqualTo("tick 0");
			server.signal("TERM");
			assertThat(lines.lines().reduce((before, last) -> last)).hasValue("bye");
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("Drained in");
	}

	@Test
	void whatListensToMessagesGoesOnUntilTheLastConnectionHasEnded() throws IOException {
		SampleProcess server = this.processes
			.startWith(Listening.class, "--pingora.background.lifecycle-beans=messages")
			.awaitRunning()
			.awaitLog("Messages are heard");
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.send("GET", "/slow/2000", null);
			server.signal("TERM").awaitLog("Draining 1 connections");
			assertThat(connection.receive().status()).isEqualTo(200);
		}
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).containsSubsequence("Draining 1 connections", "Drained in",
				"Messages are heard no more", "Background service lifecycle-beans has stopped");
	}

	@Test
	void serverGoesOnAcceptingBeforeTheDrain() throws IOException {
		SampleProcess server = this.processes.start("--pingora.shutdown.pre-drain-delay=3s").awaitRunning();
		server.signal("TERM").awaitLog("Accepting for another 3000 ms");
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			assertThat(connection.get("/").status()).isEqualTo(200);
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@Test
	void uploadThatBeganBeforeTheDrainIsServedByteForByte() throws IOException {
		SampleProcess server = this.processes.start("--pingora.shutdown.grace-period=3s").awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n", (byte) 'a');
			await().atMost(TIMEOUT).until(() -> server.signal("TERM").log().contains("Draining "));
			for (char next = 'b'; next <= 'f'; next++) {
				connection.sendRaw("", (byte) next);
			}
			StrictConnection.Response response = connection.receive();
			assertThat(response.body()).isEqualTo("abcdef");
			assertThat(connection.isAtEnd()).isTrue();
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@Test
	void requestThatAsksBeforeItSendsIsAnsweredAndEndsItsConnection() throws IOException {
		SampleProcess server = this.processes.start(WebServerKind.NETTY).awaitRunning();
		try (StrictConnection connection = server.connect("web", TIMEOUT)) {
			assertThat(connection.get("/hello").status()).isEqualTo(200);
			server.signal("TERM").awaitLog("Draining ");
			connection
				.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
			assertThat(connection.receiveHead().status()).isEqualTo(100);
			connection.sendRaw("abc");
			StrictConnection.Response response = connection.receive();
			assertThat(response.body()).isEqualTo("abc");
			assertThat(response.headers()).containsEntry("connection", "close");
			assertThat(connection.isAtEnd()).isTrue();
		}
		assertThat(server.awaitExit()).isEqualTo(143);
	}

	@Test
	void requestThatNeverEndsIsCutOffAtTheDeadline() throws IOException {
		SampleProcess server = this.processes.start("--pingora.shutdown.grace-period=2s").awaitRunning();
		try (StrictConnection connection = server.connect("echo", TIMEOUT)) {
			connection.sendRaw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n", (byte) 'a');
			await().atMost(TIMEOUT).until(() -> server.signal("TERM").log().contains("Draining "));
			assertThat(server.awaitExit()).isEqualTo(143);
			assertThat(server.log())
				.containsPattern("closed 0 idle connections, cut off 1 busy ones: 1 on 127.0.0.1:\\d+ \\(echo\\)");
		}
	}

	private List<String> options(boolean tls) {
		List<String> options = new ArrayList<>(List.of(HTTP2));
		if (tls) {
			options.addAll(new TestTls(this.processes.directory()).arguments());
		}
		return options;
	}

	private SampleProcess upgrade(SampleProcess current, WebServerKind kind, List<String> options, Tally tally) {
		List<String> arguments = new ArrayList<>(options);
		arguments.add("-u");
		SampleProcess successor = this.processes.start(kind, arguments).awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		await().atMost(TIMEOUT).until(() -> tally.servedBy(successor.pid()) > 20 || !tally.failures().isEmpty());
		assertThat(tally.failures()).isEmpty();
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	private static Mono<Long> pid(HttpClient client, String path) {
		return client.get()
			.uri(path)
			.responseSingle((response, body) -> body.asString()
				.map((text) -> Long.parseLong(response.responseHeaders().get("X-Pid"))));
	}

	/**
	 * What a WebSocket client hears.
	 */
	private static final class Conversation extends WholeTexts {

		final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		final CompletableFuture<Integer> closed = new CompletableFuture<>();

		@Override
		protected void heard(String text) {
			this.messages.add(text);
		}

		@Override
		public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			this.closed.complete(status);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.closed.completeExceptionally(error);
		}

	}

}
