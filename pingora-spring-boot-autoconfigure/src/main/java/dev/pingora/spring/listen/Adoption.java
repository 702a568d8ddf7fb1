package dev.pingora.spring.listen;

import java.net.SocketAddress;

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
import reactor.netty.resources.LoopResources;

/**
 * The event loops of a server whose channel is put over a descriptor that is bound and
 * listens already. Reactor Netty asks its {@link LoopResources} for the server channel
 * too, which is the one public place where it can be given.
 */
final class Adoption implements LoopResources {

	private final EventLoops loops;

	private final ListeningSocket socket;

	Adoption(EventLoops loops, ListeningSocket socket) {
		this.loops = loops;
		this.socket = socket;
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.loops.onServer(useNative);
	}

	@Override
	public boolean daemon() {
		return this.loops.daemon();
	}

	@Override
	public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
		if (type == ServerSocketChannel.class) {
			return type.cast(adopt(new EpollServerSocketChannel(this.socket.descriptor())));
		}
		if (type == ServerDomainSocketChannel.class) {
			return type.cast(adopt(new EpollServerDomainSocketChannel(this.socket.descriptor(), true)));
		}
		return LoopResources.super.onChannel(type, group);
	}

	private Channel adopt(ServerChannel channel) {
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
