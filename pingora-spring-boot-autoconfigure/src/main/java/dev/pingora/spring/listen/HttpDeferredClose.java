package dev.pingora.spring.listen;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * Ends an HTTP/1.x connection of a listener that drains without losing a request: an idle
 * connection stays open until its next request, whose response says
 * {@code Connection: close} (RFC 9112 §9.6). Closing it at once would race with that
 * request.
 * <p>
 * It stands next to the codec, so that every response passes, whoever made it, and every
 * pipelined request is known.
 */
final class HttpDeferredClose extends ChannelDuplexHandler {

	static final String NAME = "pingora.deferredClose";

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does.
	 */
	private static final long LINGER_MILLIS = 1000;

	private final Connections connections;

	private final AtomicInteger pending = new AtomicInteger();

	private volatile boolean upgraded;

	private boolean receiving;

	private boolean closing;

	private boolean dropping;

	private boolean answered;

	private boolean lingering;

	HttpDeferredClose(Connections connections) {
		this.connections = connections;
	}

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
		if (message instanceof HttpRequest) {
			this.pending.incrementAndGet();
			this.receiving = true;
		}
		boolean last = message instanceof LastHttpContent;
		ctx.fireChannelRead(message);
		if (last) {
			this.receiving = false;
			closeWhenComplete(ctx);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		ctx.fireChannelReadComplete();
		if (this.dropping) {
			ctx.read();
		}
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpResponse response) {
			writeHead(response);
		}
		ChannelPromise written = promise;
		if (message instanceof LastHttpContent && !this.upgraded) {
			written = promise.unvoid();
			written.addListener((future) -> responseWritten(ctx));
		}
		ctx.write(message, written);
	}

	private void writeHead(HttpResponse response) {
		if (response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
			this.upgraded = true;
		}
		else if (this.connections.isDraining() && this.pending.get() <= 1
				&& response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
			HttpUtil.setKeepAlive(response, false);
			this.closing = true;
		}
	}

	private void responseWritten(ChannelHandlerContext ctx) {
		this.answered = this.pending.decrementAndGet() == 0 && this.closing;
		closeWhenComplete(ctx);
	}

	/**
	 * Close when the response is written and the request is read: closing earlier would
	 * answer the rest of a request body with a reset, which may overtake the response.
	 */
	private void closeWhenComplete(ChannelHandlerContext ctx) {
		if (!this.answered || this.receiving || this.lingering) {
			return;
		}
		this.lingering = true;
		Channel channel = ctx.channel();
		if (channel instanceof DuplexChannel duplex && ctx.pipeline().get(SslHandler.class) == null) {
			ChannelFuture shutdown = duplex.shutdownOutput();
			ctx.executor().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
			shutdown.addListener((future) -> ctx.read());
		}
		else {
			ctx.close();
		}
	}

}
