package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import dev.pingora.spring.service.HttpService;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HttpDeferredClose}, for what two real processes meet once in many
 * thousands of requests.
 */
class HttpDeferredCloseTests {

	private static final String LAST = "GET /last HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

	private static final int MORE_THAN_SOCKETS_HOLD = 32 * 1024 * 1024;

	private final Connections connections = new Connections();

	private final HttpDeferredClose handler = new HttpDeferredClose(this.connections);

	private final EmbeddedChannel channel = new EmbeddedChannel(this.handler);

	private final HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");

	@Test
	void requestStaysWholeWhenItsConnectionStaysAfterAll() {
		this.connections.leave(1, Duration.ZERO);
		this.channel.pipeline().fireChannelRead(this.request);
		this.connections.goOn();
		this.channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void requestStaysWholeWhenItsConnectionBeginsToLeave() {
		this.channel.pipeline().fireChannelRead(this.request);
		this.connections.leave(1, Duration.ZERO);
		this.channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void requestThatAsksToCloseWaitsForTheResponseBeforeIt() {
		HttpRequest last = requestThatAsksToClose();
		this.channel.writeInbound(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
		this.channel.writeInbound(last, LastHttpContent.EMPTY_LAST_CONTENT);
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT,
				last, LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void whatIsHeldIsPassedOnWhenTheConnectionEnds() {
		HttpRequest last = requestThatAsksToClose();
		this.connections.leave(1, Duration.ZERO);
		this.channel.pipeline().fireChannelRead(this.request);
		this.channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.pipeline().fireChannelRead(last);
		this.channel.pipeline().remove(HttpDeferredClose.class);
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT,
				last);
	}

	@Test
	void requestThatAsksToCloseIsAnsweredWhenTheResponseBeforeItEndsLate() throws IOException {
		CompletableFuture<Void> read = new CompletableFuture<>();
		serve((asked, response) -> answerInTwo(asked, response, read), (client) -> {
			ask(client, "GET /first HTTP/1.1\r\nHost: test\r\n\r\n");
			String first = "";
			while (!first.endsWith("\r\n\r\nok")) {
				first += (char) client.getInputStream().read();
			}
			ask(client, LAST);
			assertThat(rest(client)).startsWith("HTTP/1.1 204");
		});
	}

	@Test
	void requestThatAsksToCloseIsAnsweredWhenTheResponseBeforeItIsStillOnItsWay() throws IOException {
		byte[] body = new byte[MORE_THAN_SOCKETS_HOLD];
		Arrays.fill(body, (byte) 'x');
		serve((asked, response) -> response.header("Content-Length", String.valueOf(body.length))
			.sendObject(Unpooled.wrappedBuffer(body))
			.then(), (client) -> {
				ask(client, "GET /first HTTP/1.1\r\nHost: test\r\n\r\n" + LAST);
				assertThat(rest(client)).startsWith("HTTP/1.1 200").contains("xHTTP/1.1 204");
			});
	}

	@Test
	void eventsThatAreCutShortEndTheConnectionThoughARequestWaitsBehindThem() {
		HttpResponse events = writeEvents();
		this.channel.writeInbound(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
		endStreams();
		assertThat(this.channel.outboundMessages()).containsExactly(events, LastHttpContent.EMPTY_LAST_CONTENT);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void eventsThatAreCutShortEndTheConnectionThoughARequestIsOnItsWay() {
		writeEvents();
		this.channel.writeInbound(this.request);
		endStreams();
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whatIsWrittenAfterEventsThatAreCutShortIsDropped() {
		HttpResponse events = writeEvents();
		this.channel.pipeline().addFirst(new StaysOpen());
		endStreams();
		HttpContent late = new DefaultHttpContent(Unpooled.copiedBuffer("late", StandardCharsets.US_ASCII));
		assertThat(this.channel.writeOneOutbound(late).isSuccess()).isTrue();
		assertThat(late.refCnt()).isZero();
		assertThat(this.channel.outboundMessages()).containsExactly(events, LastHttpContent.EMPTY_LAST_CONTENT);
	}

	private HttpResponse writeEvents() {
		HttpResponse events = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
		events.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_EVENT_STREAM);
		this.channel.writeInbound(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.writeOutbound(events);
		return events;
	}

	private void endStreams() {
		this.connections.leave(1, Duration.ZERO);
		this.handler.tell(this.channel.pipeline().context(this.handler));
		this.channel.runScheduledPendingTasks();
	}

	private static HttpRequest requestThatAsksToClose() {
		HttpRequest last = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/last");
		HttpUtil.setKeepAlive(last, false);
		return last;
	}

	private static void serve(BiFunction<HttpServerRequest, HttpServerResponse, Mono<Void>> first,
			Conversation conversation) throws IOException {
		EventLoops loops = new EventLoops("test", 1);
		HttpService service = HttpService.of("hello", (asked, response) -> asked.uri().equals("/last")
				? response.status(204).send() : first.apply(asked, response));
		Listener listener = NettyListener.open(service, ListenAddress.parse("127.0.0.1:0"),
				(address) -> new ListeningSockets(List.of()).claim(address, SocketOptions.DEFAULT), loops,
				ListenerOptions.DEFAULT);
		listener.accept();
		try (Socket client = new Socket()) {
			client.connect(((TcpAddress) listener.address()).toSocketAddress());
			client.setSoTimeout(10_000);
			conversation.hold(client);
		}
		finally {
			listener.close(true);
			loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
		}
	}

	/**
	 * Answer with a body, and end that when something more was read.
	 */
	private static Mono<Void> answerInTwo(HttpServerRequest request, HttpServerResponse response,
			CompletableFuture<Void> read) {
		request.withConnection(
				(connection) -> connection.channel().pipeline().addFirst(new ChannelInboundHandlerAdapter() {

					@Override
					public void channelRead(ChannelHandlerContext ctx, Object message) {
						ctx.fireChannelRead(message);
						read.complete(null);
					}

				}));
		return response.header("Content-Length", "2")
			.send(Flux.concat(Mono.just(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII)),
					Mono.fromFuture(read).then(Mono.empty())), (flushed) -> true)
			.then();
	}

	private static void ask(Socket client, String request) throws IOException {
		client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
	}

	private static String rest(Socket client) throws IOException {
		return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
	}

	/**
	 * A connection whose client has not read all of it yet.
	 */
	private static final class StaysOpen extends ChannelOutboundHandlerAdapter {

		@Override
		public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
			promise.setSuccess();
		}

	}

	private interface Conversation {

		void hold(Socket client) throws IOException;

	}

}
