package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import org.jspecify.annotations.Nullable;

/**
 * The {@link InsideDoor} of a Netty server: a channel that accepts one connection of this
 * process and gives it to the server. It accepts as in the turns of an upgrade: its door
 * opens and closes, now and then it looks for a connection that is not there, as when the
 * other process was faster, and something is due later. Code of the event loop that has
 * never met that is thrown away when it does, together with what requests need of it.
 */
final class InsideMeeting extends ChannelInboundHandlerAdapter {

	private static final Admission ANYBODY = new Admission("warm-up", ListenerOptions.DEFAULT, new Connections());

	private final Consumer<Channel> letIn;

	private final AcceptGate gate = new AcceptGate((child) -> {
	}, ANYBODY);

	private final CompletableFuture<Void> met = new CompletableFuture<>();

	private volatile @Nullable SocketAddress expected;

	private InsideMeeting(Consumer<Channel> letIn) {
		this.letIn = letIn;
	}

	/**
	 * Connect.
	 * @param server the channel of the server
	 * @param letIn takes the end of the server, in the event loop of its channel
	 * @return the end of the client
	 */
	static Socket connect(Channel server, Consumer<Channel> letIn) throws IOException {
		Socket client = new Socket();
		EpollServerSocketChannel channel = new EpollServerSocketChannel(SocketProtocolFamily.INET);
		try {
			InsideMeeting meeting = new InsideMeeting(letIn);
			InetSocketAddress point = InsideDoor.meetingPoint();
			server.eventLoop()
				.submit(() -> meeting.bind(channel, server.eventLoop(), point))
				.get(InsideDoor.MEETING_MILLIS, TimeUnit.MILLISECONDS)
				.get(InsideDoor.MEETING_MILLIS, TimeUnit.MILLISECONDS);
			client.setTcpNoDelay(true);
			client.connect(channel.localAddress(), InsideDoor.MEETING_MILLIS);
			meeting.open(channel, client.getLocalSocketAddress());
			meeting.met.get(InsideDoor.MEETING_MILLIS, TimeUnit.MILLISECONDS);
			return client;
		}
		catch (InterruptedException ex) {
			client.close();
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted", ex);
		}
		catch (IOException | ExecutionException | TimeoutException ex) {
			client.close();
			throw new IOException("The server cannot be reached from within: " + ex, ex);
		}
		finally {
			// Behind the binding, which may not have had its turn.
			server.eventLoop().execute(() -> channel.close());
		}
	}

	private ChannelFuture bind(EpollServerSocketChannel channel, EventLoop loop, InetSocketAddress point) {
		channel.config().setAutoRead(false);
		if (ThreadLocalRandom.current().nextBoolean()) {
			channel.config()
				.setRecvByteBufAllocator(
						new ServerChannelRecvByteBufAllocator().respectMaybeMoreData(false).maxMessagesPerRead(2));
		}
		channel.pipeline().addLast(this.gate, this);
		loop.register(channel);
		return channel.bind(point);
	}

	private void open(Channel channel, SocketAddress client) {
		this.expected = client;
		this.gate.open(channel);
		// Once while reading is off, and once while it is on.
		this.gate.open(channel);
		// Two, so that one waits behind the other.
		for (int later = 1; later <= 2; later++) {
			channel.eventLoop().schedule(() -> {
			}, later, TimeUnit.MILLISECONDS);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		Channel child = (Channel) message;
		if (child.remoteAddress().equals(this.expected) && !this.met.isDone()) {
			this.gate.close(ctx.channel());
			this.letIn.accept(child);
			this.met.complete(null);
		}
		else {
			child.unsafe().closeForcibly();
		}
	}

}
