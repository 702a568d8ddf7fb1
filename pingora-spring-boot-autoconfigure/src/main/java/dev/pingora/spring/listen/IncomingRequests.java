package dev.pingora.spring.listen;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import reactor.netty.channel.ChannelOperations;

/**
 * The requests of one HTTP/1.x connection on their way to the server: most are passed on
 * as they come, and some are held until more is known or what came before them has ended.
 * Used by the event loop of the connection alone.
 */
final class IncomingRequests {

	private final Queue<Object> held = new ArrayDeque<>();

	private final Consumer<ChannelHandlerContext> onWhole;

	/**
	 * How many requests were passed on and have no whole response.
	 */
	private int unanswered;

	private boolean receiving;

	/**
	 * Create the requests of a connection.
	 * @param onWhole is told of each request that was passed on with all of its body
	 */
	IncomingRequests(Consumer<ChannelHandlerContext> onWhole) {
		this.onWhole = onWhole;
	}

	/**
	 * Take what has come in: a request, or a part of its body.
	 * @param holds whether it waits for the end of what comes in at once
	 */
	void add(ChannelHandlerContext ctx, Object message, boolean holds) {
		// What is held stays in front, also where nothing need be held any more.
		if (holds || !this.held.isEmpty() || isEarly(ctx, message)) {
			this.held.add(message);
		}
		else {
			pass(ctx, message);
		}
	}

	/**
	 * Return whether a request asks to close the connection while there is a response
	 * before its own that is not finished, though its client may have all of the body.
	 * Reactor Netty would close then, and not answer it, or do neither where only its own
	 * end of that exchange is missing.
	 */
	private boolean isEarly(ChannelHandlerContext ctx, Object message) {
		return message instanceof HttpRequest request
				&& (this.unanswered > 0 || ChannelOperations.get(ctx.channel()) != null)
				&& !HttpUtil.isKeepAlive(request);
	}

	/**
	 * Pass on what came in one read, when all of it is known: the response to the last
	 * request is to close the connection, and none before it.
	 */
	void passHeld(ChannelHandlerContext ctx) {
		while (!this.held.isEmpty() && !isEarly(ctx, this.held.element())) {
			pass(ctx, this.held.remove());
		}
	}

	/**
	 * Pass on what is held, when an exchange has ended.
	 */
	void passLater(ChannelHandlerContext ctx) {
		if (!this.held.isEmpty()) {
			ctx.executor().execute(() -> {
				passHeld(ctx);
				ctx.fireChannelReadComplete();
			});
		}
	}

	/**
	 * Pass on everything, when nobody holds it any more.
	 */
	void passAll(ChannelHandlerContext ctx) {
		while (!this.held.isEmpty()) {
			pass(ctx, this.held.remove());
		}
	}

	private void pass(ChannelHandlerContext ctx, Object message) {
		if (message instanceof HttpRequest) {
			this.receiving = true;
			this.unanswered++;
		}
		boolean last = message instanceof LastHttpContent;
		ctx.fireChannelRead(message);
		if (last) {
			this.receiving = false;
			this.onWhole.accept(ctx);
		}
	}

	/**
	 * Return whether a request was passed on whose body is not complete yet.
	 */
	boolean isReceiving() {
		return this.receiving;
	}

	/**
	 * Note that a request has its whole response.
	 */
	void answered() {
		this.unanswered--;
	}

}
