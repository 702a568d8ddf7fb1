package dev.pingora.spring.listen;

import java.util.concurrent.TimeUnit;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The end of one connection that loses nothing its client sends meanwhile, in the way
 * that the protocol of the connection has for it. It stands next to the codec of the
 * protocol.
 */
abstract class DeferredClose extends ChannelDuplexHandler {

	static final String NAME = "pingora.deferredClose";

	private static final String EVENT_STREAM = "text/event-stream";

	private final Connections connections;

	private final double rank;

	private volatile boolean told;

	DeferredClose(Connections connections) {
		this.connections = connections;
		this.rank = connections.rank();
	}

	final Connections connections() {
		return this.connections;
	}

	/**
	 * Return whether the connection is to end after its next response.
	 */
	final boolean isLeaving() {
		return this.connections.isLeaving(this.rank);
	}

	/**
	 * Return whether the connection is to end and has not been told yet.
	 */
	final boolean isToBeTold() {
		return !this.told && isLeaving();
	}

	/**
	 * Begin at once, where the protocol was chosen in a drain.
	 */
	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		if (isLeaving()) {
			ctx.executor().execute(() -> tell(ctx));
		}
	}

	/**
	 * Begin to end the connection, in its event loop.
	 */
	final void tell(ChannelHandlerContext ctx) {
		this.told = true;
		begin(ctx);
	}

	/**
	 * Do something when the drain has lasted too long for what would never end by itself.
	 */
	final void atStreamTimeout(ChannelHandlerContext ctx, Runnable end) {
		ctx.executor().schedule(end, this.connections.streamTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Return whether a response of that type never ends by itself: server-sent events.
	 */
	static boolean isEndless(@Nullable CharSequence contentType) {
		return contentType != null && AsciiString.indexOfIgnoreCaseAscii(contentType, EVENT_STREAM, 0) == 0;
	}

	/**
	 * Return whether the response proper is still to come, as after a 100. Netty has a
	 * last content for each of these too.
	 */
	static boolean isInterim(HttpResponse response) {
		return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
				&& !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
	}

	/**
	 * Return whether the connection has an exchange that is not finished.
	 */
	abstract boolean isBusy();

	/**
	 * Begin to end the connection, in its event loop. Beginning again changes nothing.
	 */
	abstract void begin(ChannelHandlerContext ctx);

	/**
	 * End the connection at once.
	 */
	void cutOff(ChannelHandlerContext ctx) {
		ctx.channel().close();
	}

}
