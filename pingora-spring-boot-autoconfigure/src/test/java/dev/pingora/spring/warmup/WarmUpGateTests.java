package dev.pingora.spring.warmup;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListenerOptions;
import dev.pingora.spring.listen.ListeningSockets;
import dev.pingora.spring.listen.NettyListener;
import dev.pingora.spring.listen.SeenRequest;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.service.HttpService;
import dev.pingora.spring.service.Service;
import dev.pingora.spring.service.TcpService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link WarmUpGate}, with a real server behind a closed door.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class WarmUpGateTests {

	/** How many connections a warm-up has at the least. */
	private static final int CONNECTIONS = 8;

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final Map<String, List<SeenRequest>> SEEN = Map.of("hello", List
		.of(new SeenRequest("GET", "/seen", "text/plain", "gzip"), new SeenRequest("HEAD", "/seen", null, null)));

	private final EventLoops loops = new EventLoops("test", 2);

	private final List<Listener> listeners = new ArrayList<>();

	private final Queue<String> asked = new ConcurrentLinkedQueue<>();

	private final AtomicInteger marked = new AtomicInteger();

	private final Set<SocketAddress> peers = ConcurrentHashMap.newKeySet();

	private WarmUpGate gate = gate(LONG);

	@AfterEach
	void close() {
		this.listeners.forEach((listener) -> listener.close(true));
		this.loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
	}

	@Test
	void whatThePredecessorHasSeenIsSentUntilLatencyHasSettled(CapturedOutput output) {
		Listener listener = open(hello());
		Duration taken = this.gate.pass(true, this.listeners, SEEN);
		assertThat(taken).isBetween(Duration.ofSeconds(1), LONG);
		assertThat(this.asked).contains("GET /seen text/plain gzip null", "HEAD /seen null null null")
			.hasSizeGreaterThan(100);
		assertThat(this.marked).hasValue(this.asked.size());
		assertThat(this.peers).as("connections, each for a few requests").hasSizeBetween(10, this.asked.size() / 4);
		assertThat(output).contains("until latency has settled")
			.contains("(0 not successful)")
			.contains("GET /seen (hello), HEAD /seen (hello)");
		assertThat(listener.connections().accepted()).isZero();
		assertThat(listener.connections().active()).isZero();
		assertThat(listener.busy()).isZero();
	}

	@Test
	void markMeansNothingOutsideTheWarmUp() {
		open(hello());
		this.gate.pass(true, this.listeners, SEEN);
		assertThat(this.gate.mark().isOn(null)).isFalse();
		assertThat(this.gate.mark().isOn("true")).isFalse();
		assertThat(this.gate.mark().isOn("")).isFalse();
	}

	@Test
	void whatIsConfiguredIsSentInsteadWithItsBody() {
		open(hello());
		this.gate = gate(Duration.ofMillis(300),
				new WarmUpRequest("hello", "POST", "/orders", Map.of("X-Key", "k"), "body"));
		this.gate.pass(true, this.listeners, SEEN);
		assertThat(this.asked).isNotEmpty().allMatch("POST /orders null null k body"::equals);
	}

	@Test
	void beansComeFirstAndWhatTheyThrowIsOnlyLogged(CapturedOutput output) {
		open(hello());
		this.gate = gate(Duration.ofMillis(300));
		this.gate.beans(() -> List.of(() -> this.asked.add("bean"), () -> {
			throw new IllegalStateException("no pool");
		}));
		this.gate.pass(true, this.listeners, SEEN);
		assertThat(this.asked.peek()).isEqualTo("bean");
		assertThat(this.asked).hasSizeGreaterThan(1);
		assertThat(output).contains("failed: java.lang.IllegalStateException: no pool");
	}

	@Test
	void hangingBeanCostsNoMoreThanTheTime(CapturedOutput output) {
		CompletableFuture<Void> interrupted = new CompletableFuture<>();
		this.gate = gate(Duration.ofMillis(300));
		this.gate.beans(() -> List.of(() -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupted.complete(null);
			}
		}));
		assertThat(this.gate.pass(true, this.listeners, SEEN)).isLessThan(Duration.ofSeconds(2));
		assertThat(output).contains("until its time was up");
		interrupted.join();
	}

	@Test
	void hangingRequestCostsNoMoreThanTheTimeAndIsClosed(CapturedOutput output) {
		AtomicInteger closed = new AtomicInteger();
		open(HttpService.of("hello", (request, response) -> {
			request.withConnection((connection) -> connection.onDispose(closed::incrementAndGet));
			return Mono.never();
		}));
		this.gate = gate(Duration.ofMillis(800));
		assertThat(this.gate.pass(true, this.listeners, SEEN)).isLessThan(Duration.ofSeconds(3));
		assertThat(output).containsPattern("until (its time was up|every request was slow or failed)");
		await().untilAsserted(() -> assertThat(closed).hasPositiveValue());
	}

	@Test
	void responsesThatAreErrorsFailNothing(CapturedOutput output) {
		open(HttpService.of("hello", (request, response) -> response.status(500).send()));
		this.gate = gate(Duration.ofMillis(300));
		assertThat(this.gate.pass(true, this.listeners, SEEN)).isPositive();
		assertThat(output).containsPattern("(\\d+) requests \\(\\1 not successful\\)");
	}

	@Test
	void endlessResponseIsGivenUp() {
		open(HttpService.of("hello", (request, response) -> response
			.sendString(Mono.just("x").repeatWhen((done) -> done.delayElements(Duration.ofMillis(10))))));
		this.gate = gate(Duration.ofMillis(600));
		assertThat(this.gate.pass(true, this.listeners, SEEN)).isLessThan(Duration.ofSeconds(3));
	}

	@Test
	void itEndsAtOnceWhenItIsToldTo(CapturedOutput output) {
		CountDownLatch begun = new CountDownLatch(1);
		open(HttpService.of("hello", (request, response) -> {
			begun.countDown();
			return Mono.never();
		}));
		CompletableFuture<Duration> passing = CompletableFuture
			.supplyAsync(() -> this.gate.pass(true, this.listeners, SEEN), (task) -> new Thread(task).start());
		await().until(() -> begun.getCount() == 0);
		this.gate.close("somebody said so");
		assertThat(passing.join()).isLessThan(LONG.dividedBy(2));
		assertThat(output).contains("until somebody said so");
		assertThat(this.gate.pass(true, this.listeners, SEEN)).isZero();
	}

	@Test
	void coldStartIsWarmedUpOnlyIfAsked() {
		open(hello());
		assertThat(this.gate.pass(false, this.listeners, SEEN)).isZero();
		assertThat(this.asked).isEmpty();
		WarmUpRequest request = new WarmUpRequest(null, "GET", "/", Map.of(), null);
		WarmUpGate asking = new WarmUpGate(
				new WarmUpSettings(true, Duration.ofMillis(300), true, List.of(request), false));
		assertThat(asking.pass(false, this.listeners, Map.of())).isPositive();
		assertThat(this.asked).isNotEmpty();
	}

	@Test
	void nothingIsSentToWhatDoesNotSpeakHttp(CapturedOutput output) {
		AtomicInteger connected = new AtomicInteger();
		open(TcpService.of("tcp", (inbound, outbound) -> {
			connected.incrementAndGet();
			return outbound.neverComplete();
		}));
		this.gate = gate(LONG, new WarmUpRequest("tcp", "GET", "/", Map.of(), null));
		this.gate.pass(true, this.listeners, SEEN);
		assertThat(connected).hasValue(0);
		assertThat(output)
			.contains("Nothing serves the request 'GET /' of the warm-up: no service 'tcp' speaks HTTP/1.1");
	}

	@Test
	void cookiesAreSentBackSoThatNoRequestBeginsASession() {
		AtomicInteger sessions = new AtomicInteger();
		open(HttpService.of("hello", (request, response) -> {
			if (!"s=1".equals(request.requestHeaders().get("Cookie"))) {
				sessions.incrementAndGet();
				response.header("Set-Cookie", "s=1; Path=/; HttpOnly");
			}
			return response.send();
		}));
		this.gate = gate(Duration.ofMillis(300));
		this.gate.pass(true, this.listeners, SEEN);
		assertThat(sessions.get()).isBetween(1, CONNECTIONS);
	}

	private static WarmUpGate gate(Duration timeout, WarmUpRequest... requests) {
		return new WarmUpGate(new WarmUpSettings(true, timeout, false, List.of(requests), false));
	}

	private Listener open(Service service) {
		Listener listener = NettyListener.open(service, ListenAddress.parse("127.0.0.1:0"),
				(address) -> new ListeningSockets(List.of()).claim(address, SocketOptions.DEFAULT), this.loops,
				ListenerOptions.DEFAULT);
		this.listeners.add(listener);
		return listener;
	}

	private HttpService hello() {
		return HttpService.of("hello",
				(request, response) -> request.receive()
					.aggregate()
					.asString()
					.defaultIfEmpty("")
					.flatMap((body) -> answer(request, response, body)));
	}

	private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response, String body) {
		this.marked.addAndGet(this.gate.mark().isOn(request.requestHeaders().get(WarmUpMark.HEADER)) ? 1 : 0);
		this.peers.add(Objects.requireNonNull(request.remoteAddress()));
		this.asked.add("%s %s %s %s %s %s"
			.formatted(request.method(), request.uri(), request.requestHeaders().get("Accept"),
					request.requestHeaders().get("Accept-Encoding"), request.requestHeaders().get("X-Key"), body)
			.strip());
		return response.sendString(Mono.just("hello")).then();
	}

}
