package dev.pingora.spring.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodec;
import reactor.netty.NettyPipeline;

/**
 * Waits for a TLS connection to agree on its protocol (RFC 7301), to end it in the way of
 * that protocol.
 */
final class ProtocolChoice extends ChannelInboundHandlerAdapter {

	private static final String NAME = "pingora.protocolChoice";

	private final Connections connections;

	private ProtocolChoice(Connections connections) {
		this.connections = connections;
	}

	/**
	 * Put the deferred close of its protocol into the pipeline of a connection, in the
	 * place of any other, as soon as the protocol is known.
	 */
	static void install(ChannelPipeline pipeline, Connections connections) {
		if (pipeline.get(NettyPipeline.H2OrHttp11Codec) != null) {
			pipeline.addAfter(NettyPipeline.H2OrHttp11Codec, NAME, new ProtocolChoice(connections));
		}
		else {
			installChosen(pipeline, connections);
		}
	}

	static void installChosen(ChannelPipeline pipeline, Connections connections) {
		ChannelHandlerContext http2 = pipeline.context(Http2FrameCodec.class);
		ChannelHandlerContext http1 = pipeline.context(HttpServerCodec.class);
		if (http2 != null) {
			remove(pipeline);
			pipeline.addAfter(http2.name(), DeferredClose.NAME,
					new Http2DeferredClose(connections, (Http2FrameCodec) http2.handler()));
		}
		else if (http1 != null) {
			pipeline.addAfter(http1.name(), DeferredClose.NAME, new HttpDeferredClose(connections));
		}
	}

	private static void remove(ChannelPipeline pipeline) {
		if (pipeline.get(DeferredClose.NAME) != null) {
			pipeline.remove(DeferredClose.NAME);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		chosen(ctx);
		ctx.fireChannelRead(message);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		chosen(ctx);
		ctx.fireUserEventTriggered(event);
	}

	private void chosen(ChannelHandlerContext ctx) {
		ChannelPipeline pipeline = ctx.pipeline();
		if (pipeline.get(DeferredClose.NAME) == null) {
			installChosen(pipeline, this.connections);
		}
		if (pipeline.get(DeferredClose.NAME) != null) {
			pipeline.remove(this);
		}
	}

}
