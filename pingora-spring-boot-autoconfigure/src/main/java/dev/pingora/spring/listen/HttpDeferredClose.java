package dev.pingora.spring.listen;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.CleartextHttp2ServerUpgradeHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Ends an HTTP/1.x connection of a listener that drains without losing a request: an idle
 * connection stays open until its next request, whose response says
 * {@code Connection: close} (RFC 9112 §9.6). Closing it at once would race with that
 * request.
 * <p>
 * It stands next to the codec, so that every response passes, whoever made it, and every
 * pipelined request is known.
 */
final class HttpDeferredClose extends DeferredClose {

	/**
	 * Written by the event loop alone.
	 */
	private final AtomicInteger pending = new AtomicInteger();

	private final IncomingRequests incoming = new IncomingRequests(this::closeWhenComplete);

	private volatile boolean upgraded;

	private @Nullable HttpRequest asked;

	private boolean closing;

	private boolean dropping;

	private boolean answered;

	private boolean lingering;

	private boolean endless;

	private boolean cutShort;

	HttpDeferredClose(Connections connections) {
		super(connections);
	}

	@Override
	boolean isBusy() {
		return this.pending.get() > 0 || this.upgraded;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.lingering || (this.closing && message instanceof HttpRequest)) {
			this.dropping = true;
		}
		if (this.dropping) {
			ReferenceCountUtil.release(message);
			return;
		}
		if (message instanceof HttpRequest request) {
			this.pending.lazySet(this.pending.get() + 1);
			this.asked = isWanted(request) ? request : null;
		}
		this.incoming.add(ctx, message, isLeaving());
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		this.incoming.passAll(ctx);
	}

	/**
	 * Return whether a request that is alone on its connection is to be noted.
	 */
	private boolean isWanted(HttpRequest request) {
		return this.pending.get() == 1 && connections().seen().isWanted(request.method().name());
	}

	/**
	 * Give way to HTTP/2, when a client speaks it without having asked, and hear of the
	 * end of an exchange, which is an event of Reactor Netty.
	 */
	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		ctx.fireUserEventTriggered(event);
		if (event instanceof CleartextHttp2ServerUpgradeHandler.PriorKnowledgeUpgradeEvent) {
			ProtocolChoice.installChosen(ctx.pipeline(), connections());
		}
		this.incoming.passLater(ctx);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.incoming.passHeld(ctx);
		ctx.fireChannelReadComplete();
		if (this.dropping) {
			ctx.read();
		}
	}

	@Override
	void begin(ChannelHandlerContext ctx) {
		if (this.endless) {
			atStreamTimeout(ctx, () -> cutShort(ctx));
		}
	}

	/**
	 * End a response that would never end by itself, so that its client sees a whole one,
	 * and the connection after it. Nothing more is written: the server does not know of
	 * that end, and requests that wait behind the response, or are still on their way,
	 * stay without an answer.
	 */
	private void cutShort(ChannelHandlerContext ctx) {
		if (this.endless && isLeaving()) {
			this.closing = true;
			this.cutShort = true;
			this.endless = false;
			this.pending.lazySet(this.pending.get() - 1);
			ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener((future) -> linger(ctx));
		}
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (this.cutShort) {
			// On a failure the server would close before the client has the end.
			ReferenceCountUtil.release(message);
			promise.trySuccess();
			return;
		}
		if (message instanceof HttpResponse interim && isInterim(interim)) {
			ctx.write(message, promise);
			return;
		}
		ChannelPromise written = promise;
		if (message instanceof HttpResponse response) {
			written = writeHead(ctx, response, promise);
		}
		if (message instanceof LastHttpContent && !this.upgraded) {
			this.endless = false;
			this.pending.lazySet(this.pending.get() - 1);
			this.incoming.answered();
			written = this.closing ? closeAfter(ctx, promise) : promise;
			this.incoming.passLater(ctx);
		}
		ctx.write(message, written);
	}

	private ChannelPromise writeHead(ChannelHandlerContext ctx, HttpResponse response, ChannelPromise promise) {
		if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
			this.upgraded = true;
			return promise.unvoid().addListener((future) -> ctx.executor().execute(() -> giveWay(ctx, response)));
		}
		endless(ctx, isEndless(response.headers().get(HttpHeaderNames.CONTENT_TYPE)));
		if (this.asked != null) {
			note(this.asked, response);
		}
		if (isLeaving() && this.pending.get() <= 1) {
			HttpUtil.setKeepAlive(response, false);
			this.closing = true;
		}
		return promise;
	}

	private void note(HttpRequest request, HttpResponse response) {
		if (response.status().codeClass() == HttpStatusClass.SUCCESS && !this.endless && this.pending.get() == 1) {
			connections().seen()
				.add(request.method().name(), request.uri(), request.headers().get(HttpHeaderNames.ACCEPT),
						request.headers().get(HttpHeaderNames.ACCEPT_ENCODING));
		}
		this.asked = null;
	}

	private void endless(ChannelHandlerContext ctx, boolean isEndless) {
		this.endless = isEndless;
		if (isLeaving()) {
			begin(ctx);
		}
	}

	/**
	 * Leave the connection to its new protocol.
	 */
	private void giveWay(ChannelHandlerContext ctx, HttpResponse response) {
		if (ctx.isRemoved()) {
			return;
		}
		if (response.headers().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
			ctx.pipeline().replace(this, NAME, new WebSocketDeferredClose(connections()));
		}
		else {
			ProtocolChoice.installChosen(ctx.pipeline(), connections());
		}
	}

	private ChannelPromise closeAfter(ChannelHandlerContext ctx, ChannelPromise promise) {
		return promise.unvoid().addListener((future) -> {
			this.answered = this.pending.get() == 0;
			closeWhenComplete(ctx);
		});
	}

	/**
	 * Close when the response is written and the request is read: closing earlier would
	 * answer the rest of a request body with a reset, which may overtake the response.
	 */
	private void closeWhenComplete(ChannelHandlerContext ctx) {
		if (this.answered && !this.incoming.isReceiving()) {
			linger(ctx);
		}
	}

	private void linger(ChannelHandlerContext ctx) {
		if (!this.lingering) {
			this.lingering = true;
			LingeringClose.begin(ctx);
		}
	}

}
