package dev.pingora.spring.listen;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/**
 * The open connections of a Netty listener, each of which ends in the way of its
 * protocol.
 */
final class OpenChannels {

	private final Set<Channel> open = ConcurrentHashMap.newKeySet();

	void add(Channel child) {
		this.open.add(child);
	}

	void remove(Channel child) {
		this.open.remove(child);
	}

	int busy() {
		return (int) this.open.stream().filter(OpenChannels::isBusy).count();
	}

	private static boolean isBusy(Channel channel) {
		DeferredClose close = channel.pipeline().get(DeferredClose.class);
		return close == null || close.isBusy();
	}

	/**
	 * Tell every connection that it ends.
	 */
	void tellAll() {
		this.open.forEach(OpenChannels::tell);
	}

	/**
	 * Tell those connections that are to end and do not know yet.
	 */
	void tellThoseWhoLeave() {
		for (Channel child : this.open) {
			DeferredClose close = child.pipeline().get(DeferredClose.class);
			if (close != null && close.isToBeTold()) {
				tell(child);
			}
		}
	}

	private static void tell(Channel child) {
		inLoop(child, DeferredClose::tell, () -> {
		});
	}

	/**
	 * Close what is left.
	 * @return how many were in the middle of an exchange
	 */
	int cutOff() {
		int busy = 0;
		for (Channel child : this.open) {
			busy += isBusy(child) ? 1 : 0;
			inLoop(child, DeferredClose::cutOff, child::close);
		}
		return busy;
	}

	/**
	 * Do something in the event loop of a connection whose protocol is known, or else
	 * another thing.
	 */
	private static void inLoop(Channel child, BiConsumer<DeferredClose, ChannelHandlerContext> known,
			Runnable otherwise) {
		child.eventLoop().execute(() -> {
			ChannelHandlerContext ctx = child.pipeline().context(DeferredClose.class);
			if (ctx != null) {
				known.accept((DeferredClose) ctx.handler(), ctx);
			}
			else {
				otherwise.run();
			}
		});
	}

}
