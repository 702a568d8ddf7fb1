package dev.pingora.spring.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Ends a WebSocket with status 1001, "going away" (RFC 6455 §7.4.1), and goes on reading
 * until the client has answered: what it sent before reaches the application.
 */
final class WebSocketDeferredClose extends DeferredClose {

	private boolean closeSent;

	WebSocketDeferredClose(Connections connections) {
		super(connections);
	}

	@Override
	boolean isBusy() {
		return true;
	}

	@Override
	void begin(ChannelHandlerContext ctx) {
		if (this.closeSent) {
			return;
		}
		this.closeSent = true;
		ctx.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "going away"));
		ctx.read();
		atStreamTimeout(ctx, () -> ctx.channel().close());
	}

	/**
	 * Write, but nothing after the close frame (RFC 6455 §5.5.1).
	 */
	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (this.closeSent && message instanceof WebSocketFrame) {
			ReferenceCountUtil.release(message);
			promise.trySuccess();
			return;
		}
		this.closeSent |= message instanceof CloseWebSocketFrame;
		ctx.write(message, promise);
	}

}
