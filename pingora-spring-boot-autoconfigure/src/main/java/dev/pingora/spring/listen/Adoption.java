package dev.pingora.spring.listen;

import java.net.SocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.ServerDomainSocketChannel;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * The event loops of a server whose channel is put over a descriptor that is bound and
 * listens already, where there is one. Reactor Netty asks its {@link LoopResources} for
 * the server channel too, which is the one public place where it can be given.
 */
final class Adoption implements LoopResources {

	private final LoopResources loops;

	private final Supplier<@Nullable ListeningSocket> socket;

	private final Consumer<Channel> created;

	Adoption(LoopResources loops, Supplier<@Nullable ListeningSocket> socket, Consumer<Channel> created) {
		this.loops = loops;
		this.socket = socket;
		this.created = created;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(useNative);
	}

	@Override
	public EventLoopGroup onServerSelect(boolean useNative) {
		return this.loops.onServerSelect(useNative);
	}

	@Override
	public boolean daemon() {
		return this.loops.daemon();
	}

	/**
	 * Return a channel, and where it is a server's, one that does not accept before it is
	 * told to. (Reactor Netty ignores the option {@code AUTO_READ}.)
	 */
	@Override
	public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
		C channel = create(type, group);
		if (channel instanceof ServerChannel) {
			channel.config().setAutoRead(false);
			this.created.accept(channel);
		}
		return channel;
	}

	private <C extends Channel> C create(Class<C> type, EventLoopGroup group) {
		ListeningSocket adopted = this.socket.get();
		if (adopted != null && type == ServerSocketChannel.class) {
			return type.cast(adopt(new EpollServerSocketChannel(adopted.descriptor())));
		}
		if (adopted != null && type == ServerDomainSocketChannel.class) {
			return type.cast(adopt(new EpollServerDomainSocketChannel(adopted.descriptor(), true)));
		}
		return this.loops.onChannel(type, group);
	}

	private static Channel adopt(ServerChannel channel) {
		channel.pipeline().addLast(new AlreadyBound());
		return channel;
	}

	/**
	 * Answers Reactor Netty's request to bind, which the kernel would refuse with EINVAL.
	 */
	private static final class AlreadyBound extends ChannelOutboundHandlerAdapter {

		@Override
		public void bind(ChannelHandlerContext ctx, SocketAddress address, ChannelPromise promise) {
			ctx.pipeline().remove(this);
			promise.setSuccess();
		}

	}

}
