package dev.pingora.sample;

import java.time.Duration;

import dev.pingora.spring.server.PingoraServer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

import org.springframework.stereotype.Component;

/**
 * Answers with the process that answers, which is what an upgrade changes.
 */
@Component
class EchoHandler {

	private final long pid = ProcessHandle.current().pid();

	private final PingoraServer server;

	EchoHandler(PingoraServer server) {
		this.server = server;
	}

	Publisher<Void> identity(HttpServerRequest request, HttpServerResponse response) {
		return json(response);
	}

	Publisher<Void> slow(HttpServerRequest request, HttpServerResponse response) {
		long millis = number(request.param("millis"));
		if (millis < 0) {
			return identified(response).status(HttpResponseStatus.BAD_REQUEST).send();
		}
		return Mono.delay(Duration.ofMillis(millis)).then(Mono.defer(() -> Mono.from(json(response))));
	}

	Publisher<Void> echo(HttpServerRequest request, HttpServerResponse response) {
		return identified(response).send(request.receive().retain());
	}

	Publisher<Void> stream(HttpServerRequest request, HttpServerResponse response) {
		long count = number(request.param("count"));
		long millis = number(request.param("millis"));
		if (count < 0 || millis < 0) {
			return identified(response).status(HttpResponseStatus.BAD_REQUEST).send();
		}
		Flux<String> events = Flux.interval(Duration.ofMillis(millis)).take(count).map("data: %d\n\n"::formatted);
		return identified(response).sse().sendString(events);
	}

	Publisher<Void> webSocket(WebsocketInbound inbound, WebsocketOutbound outbound) {
		return outbound.sendString(inbound.receive().asString().map((text) -> this.pid + " " + text));
	}

	private Publisher<Void> json(HttpServerResponse response) {
		String body = """
				{"pid":%d,"generation":%d,"service":"echo"}""".formatted(this.pid, this.server.generation());
		return identified(response).header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
			.sendString(Mono.just(body));
	}

	private HttpServerResponse identified(HttpServerResponse response) {
		return response.header("X-Pid", Long.toString(this.pid))
			.header("X-Generation", Integer.toString(this.server.generation()));
	}

	private static long number(@Nullable String text) {
		try {
			return (text != null) ? Long.parseLong(text) : -1;
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

}
