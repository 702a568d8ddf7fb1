package dev.pingora.spring.listen;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Ends an HTTP/2 connection with two GOAWAY frames (RFC 9113 §6.8): the first one asks
 * for no more streams and refuses none, the second one says which was the last, when the
 * client has seen the first. The connection closes with its last stream.
 */
final class Http2DeferredClose extends DeferredClose {

	private static final int ALL_STREAM_IDS = Integer.MAX_VALUE / 2;

	private static final long ROUND_TRIP = 0x70696e676f7261L;

	private final Http2FrameCodec codec;

	private final Set<Http2FrameStream> endless = ConcurrentHashMap.newKeySet();

	private final Set<Http2FrameStream> ended = ConcurrentHashMap.newKeySet();

	/**
	 * The requests that are to be noted if they succeed.
	 */
	private final Map<Http2FrameStream, Http2Headers> asked = new HashMap<>();

	private boolean begun;

	Http2DeferredClose(Connections connections, Http2FrameCodec codec) {
		super(connections);
		this.codec = codec;
	}

	@Override
	boolean isBusy() {
		return this.codec.connection().numActiveStreams() > 0;
	}

	@Override
	void begin(ChannelHandlerContext ctx) {
		if (this.begun) {
			return;
		}
		this.begun = true;
		ctx.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(ALL_STREAM_IDS));
		ctx.writeAndFlush(new DefaultHttp2PingFrame(ROUND_TRIP));
		atStreamTimeout(ctx, () -> endStreams(ctx));
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.begun && message instanceof Http2PingFrame ping && ping.ack() && ping.content() == ROUND_TRIP) {
			closeWithLastStream(ctx);
		}
		if (message instanceof Http2HeadersFrame request && request.isEndStream()
				&& connections().seen().isWanted(String.valueOf(request.headers().method()))) {
			this.asked.put(request.stream(), request.headers());
		}
		if (message instanceof Http2ResetFrame reset) {
			forget(reset);
		}
		ctx.fireChannelRead(message);
	}

	private void forget(Http2StreamFrame last) {
		this.endless.remove(last.stream());
		this.ended.remove(last.stream());
		this.asked.remove(last.stream());
	}

	private void closeWithLastStream(ChannelHandlerContext ctx) {
		this.codec.gracefulShutdownTimeoutMillis(-1);
		ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
		ctx.close();
	}

	private void note(Http2Headers request, Http2Headers response) {
		String status = String.valueOf(response.status());
		if (status.startsWith("2") && !isEndless(response.get(HttpHeaderNames.CONTENT_TYPE))) {
			connections().seen()
				.add(String.valueOf(request.method()), String.valueOf(request.path()),
						text(request.get(HttpHeaderNames.ACCEPT)), text(request.get(HttpHeaderNames.ACCEPT_ENCODING)));
		}
	}

	private static @Nullable String text(@Nullable CharSequence header) {
		return (header != null) ? header.toString() : null;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof Http2HeadersFrame head) {
			Http2Headers request = this.asked.remove(head.stream());
			if (request != null) {
				note(request, head.headers());
			}
		}
		if (message instanceof Http2HeadersFrame head && isEndless(head.headers().get(HttpHeaderNames.CONTENT_TYPE))) {
			this.endless.add(head.stream());
			if (this.begun) {
				atStreamTimeout(ctx, () -> endStreams(ctx));
			}
		}
		if (message instanceof Http2DataFrame data && this.ended.contains(data.stream())) {
			ReferenceCountUtil.release(message);
			promise.trySuccess();
			return;
		}
		if (isLast(message)) {
			forget((Http2StreamFrame) message);
		}
		ctx.write(message, promise);
	}

	private static boolean isLast(Object message) {
		return message instanceof Http2ResetFrame || (message instanceof Http2DataFrame data && data.isEndStream())
				|| (message instanceof Http2HeadersFrame head && head.isEndStream());
	}

	/**
	 * End the responses that would never end by themselves.
	 */
	private void endStreams(ChannelHandlerContext ctx) {
		for (Http2FrameStream stream : this.endless) {
			if (isLeaving() && this.ended.add(stream)) {
				ctx.write(new DefaultHttp2DataFrame(true).stream(stream));
			}
		}
		ctx.flush();
	}

	/**
	 * Close without waiting for the streams, as the codec would.
	 */
	@Override
	void cutOff(ChannelHandlerContext ctx) {
		ChannelHandlerContext behind = ctx.pipeline().context(this.codec);
		if (behind != null) {
			behind.close();
		}
	}

}
