package dev.pingora.spring.listen;

import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

/**
 * The end of a connection whose client has its last response: first of the output, with
 * close_notify where there is TLS, and a little later of all. Closing all at once would
 * answer what the client still sends with a reset, which may overtake the response (RFC
 * 9112 §9.6).
 */
final class LingeringClose {

	/**
	 * How long a client may take to close after it got its last response, before this
	 * side does.
	 */
	private static final long LINGER_MILLIS = 1000;

	private LingeringClose() {
	}

	static void begin(ChannelHandlerContext ctx) {
		SslHandler tls = ctx.pipeline().get(SslHandler.class);
		ChannelFuture ended = (tls != null) ? tls.closeOutbound() : ctx.newSucceededFuture();
		ended.addListener((future) -> linger(ctx));
	}

	private static void linger(ChannelHandlerContext ctx) {
		Channel channel = ctx.channel();
		if (channel instanceof DuplexChannel duplex) {
			Future<?> closing = ctx.executor().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
			channel.closeFuture().addListener((future) -> closing.cancel(false));
			duplex.shutdownOutput().addListener((future) -> ctx.read());
		}
		else {
			ctx.close();
		}
	}

}
