package dev.pingora.spring.listen;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.util.concurrent.Future;

/**
 * The door of a listener: while it is closed nothing is accepted and connections wait in
 * the kernel's queue, for this process or for another that has the same socket.
 */
final class AcceptGate extends ChannelDuplexHandler {

	/**
	 * How long a socket that is to be closed stays open in any case.
	 */
	private static final long LAST_MILLIS = 2;

	/**
	 * How many connections a turn of the event loop takes then.
	 */
	private static final int LAST_TURN = 1024;

	/**
	 * How long the socket may stay open because the queue is never found empty.
	 */
	private static final Duration LATEST = Duration.ofMillis(100);

	private final Consumer<Channel> accepted;

	private final Admission admission;

	private volatile boolean open;

	/**
	 * How many connections were taken from the queue, as the event loop counts.
	 */
	private long taken;

	AcceptGate(Consumer<Channel> accepted, Admission admission) {
		this.accepted = accepted;
		this.admission = admission;
	}

	void open(Channel channel) {
		this.open = true;
		apply(channel);
	}

	/**
	 * Stop accepting. What was accepted before is counted when the returned future
	 * completes, because accepting and this task are turns of the same event loop.
	 */
	Future<?> close(Channel channel) {
		this.open = false;
		return apply(channel);
	}

	/**
	 * Let the channel follow the door, in a turn of its own, so that the last of several
	 * words counts. One that reads already is asked once more: its last reading may have
	 * met a closed door.
	 */
	private Future<?> apply(Channel channel) {
		return channel.eventLoop().submit(() -> {
			boolean reading = this.open && this.admission.hasRoom();
			if (reading && channel.config().isAutoRead()) {
				channel.read();
			}
			channel.config().setAutoRead(reading);
		});
	}

	/**
	 * Accept what waits in the queue, as far as there is room, and close the socket after
	 * the first turn of the event loop that has found nothing to accept. An event loop
	 * that is late has that turn all the same.
	 */
	Future<?> closeSocket(Channel channel) {
		if (channel.config().getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator allocator) {
			allocator.maxMessagesPerRead(LAST_TURN);
		}
		channel.eventLoop().execute(() -> {
			long latest = System.nanoTime() + LATEST.toNanos();
			channel.eventLoop().schedule(() -> closeWhenEmpty(channel, latest), LAST_MILLIS, TimeUnit.MILLISECONDS);
		});
		return channel.closeFuture();
	}

	/**
	 * Look after another turn. What is due at once, and was scheduled from within the
	 * event loop, runs in the next turn, which has looked for connections before.
	 */
	private void closeWhenEmpty(Channel channel, long latest) {
		long before = this.taken;
		channel.eventLoop().schedule(() -> {
			if (this.taken == before || System.nanoTime() - latest > 0) {
				channel.close();
			}
			else {
				closeWhenEmpty(channel, latest);
			}
		}, 0, TimeUnit.MILLISECONDS);
	}

	/**
	 * Accept, unless the door is closed: Reactor Netty switches reading on again one
	 * second after an error of accept(2).
	 */
	@Override
	public void read(ChannelHandlerContext ctx) {
		if (this.open) {
			ctx.read();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		Channel child = (Channel) message;
		this.taken++;
		if (!this.admission.admits(child)) {
			child.unsafe().closeForcibly();
			return;
		}
		this.accepted.accept(child);
		if (!this.admission.hasRoom()) {
			ctx.channel().config().setAutoRead(false);
		}
		ctx.fireChannelRead(message);
	}

	/**
	 * Let a connection in that has not come through the door: it is neither admitted nor
	 * counted. To be called in the event loop.
	 */
	void letIn(Channel channel, Channel child) {
		ChannelHandlerContext gate = channel.pipeline().context(this);
		if (gate != null) {
			gate.fireChannelRead(child);
		}
		else {
			child.unsafe().closeForcibly();
		}
	}

	/**
	 * Accept again, because a connection has made room.
	 */
	void resume(Channel channel) {
		if (!channel.config().isAutoRead() && this.open) {
			apply(channel);
		}
	}

}
