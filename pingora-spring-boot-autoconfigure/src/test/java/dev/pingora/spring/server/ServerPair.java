package dev.pingora.spring.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.ListenerOptions;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.HttpService;
import dev.pingora.spring.upgrade.Compatibility;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.UpgradeSocket;
import dev.pingora.spring.upgrade.UpgradeTimeouts;
import dev.pingora.spring.warmup.WarmUpRequest;
import dev.pingora.spring.warmup.WarmUpSettings;
import reactor.core.publisher.Mono;

/**
 * A server and its successor, which a test runs in one JVM over a real upgrade socket.
 */
final class ServerPair {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final WarmUpSettings WARM_UP = new WarmUpSettings(true, Duration.ofMillis(100), false,
			List.of(new WarmUpRequest("hello", "GET", "/", Map.of(), null)), false);

	private final ServerSettings settings;

	ServerPair(Path directory, boolean carryOver, Duration connectTimeout) {
		this(directory, carryOver, connectTimeout, LONG);
	}

	ServerPair(Path directory, boolean carryOver, Duration connectTimeout, Duration answerTimeout) {
		this(directory, carryOver, connectTimeout, answerTimeout, Duration.ZERO);
	}

	ServerPair(Path directory, boolean carryOver, Duration connectTimeout, Duration answerTimeout, Duration spread) {
		this.settings = new ServerSettings(new UpgradeSocket(directory.resolve("upgrade.sock"), false),
				new UpgradeTimeouts(LONG, connectTimeout, LONG, answerTimeout), Compatibility.NONE, LONG, spread, 3,
				LONG, Duration.ZERO, LONG, carryOver, new BackgroundTimeouts(LONG, Duration.ofMillis(500)), WARM_UP);
	}

	/**
	 * Start a server that serves.
	 */
	PingoraServer start(CompletableFuture<Integer> exit, BackgroundService... background) {
		PingoraServer server = new PingoraServer(this.settings, null, exit::complete);
		server.start(plans(), background(background));
		server.ready();
		return server;
	}

	/**
	 * Start a successor, which serves as soon as it is handed the sockets.
	 */
	CompletableFuture<PingoraServer> startSuccessor(BackgroundService... background) {
		Predecessor predecessor = Predecessor.listen(this.settings.upgradeSocket(), this.settings.upgradeTimeouts());
		PingoraServer server = new PingoraServer(this.settings, predecessor, (code) -> {
		});
		return CompletableFuture.supplyAsync(() -> {
			server.start(plans(), background(background));
			server.ready();
			return server;
		}, (task) -> new Thread(task, "successor").start());
	}

	private static List<BackgroundPlan> background(BackgroundService... services) {
		return Arrays.stream(services).map((service) -> new BackgroundPlan(service, List.of())).toList();
	}

	UpgradeSocket socket() {
		return this.settings.upgradeSocket();
	}

	UpgradeTimeouts timeouts() {
		return this.settings.upgradeTimeouts();
	}

	private static List<ServicePlan> plans() {
		HttpService hello = HttpService.of("hello", (request, response) -> response.sendString(Mono.just("hello")));
		return List.of(new ServicePlan(hello, List.of(ListenAddress.parse("127.0.0.1:0")), SocketOptions.DEFAULT, 1,
				ListenerOptions.DEFAULT, List.of()));
	}

	static Socket connect(PingoraServer server) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout((int) LONG.toMillis());
		int port = ((TcpAddress) server.listeners().get(0).address()).port();
		socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		return socket;
	}

	/**
	 * Ask for one response, and read what comes until the end of the connection.
	 */
	static String get(Socket socket) throws IOException {
		try (socket) {
			socket.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

}
