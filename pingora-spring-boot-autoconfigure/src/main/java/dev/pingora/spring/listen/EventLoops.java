package dev.pingora.spring.listen;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/**
 * The event-loop threads of one service: native epoll where the platform has it, else
 * NIO. Never io_uring, which cannot adopt a descriptor and which Reactor Netty would
 * choose by itself.
 */
public final class EventLoops implements LoopResources {

	private final EventLoopGroup group;

	/**
	 * Create the threads of a service; they start when they are first used.
	 * @param service the name of the service, which the threads carry
	 * @param threads how many, at least 1
	 */
	public EventLoops(String service, int threads) {
		IoHandlerFactory handler = canAdopt() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
		this.group = new MultiThreadIoEventLoopGroup(threads, new Threads("pingora-" + service + "-"), handler);
	}

	/**
	 * Return whether listening sockets of this JVM can be handed over and adopted, which
	 * takes native epoll.
	 * @return whether native epoll is available and not switched off with
	 * {@code -Dreactor.netty.native=false}
	 */
	public static boolean canAdopt() {
		return DEFAULT_NATIVE && Epoll.isAvailable();
	}

	/**
	 * Return whether other event loops can do what these can, so that a server may keep
	 * them.
	 * @param loops the event loops of Reactor Netty
	 * @return whether they are epoll where sockets can be adopted
	 */
	public static boolean fits(LoopResources loops) {
		return !canAdopt()
				|| (loops.onServer(true) instanceof IoEventLoopGroup group && group.isIoType(EpollIoHandler.class));
	}

	@Override
	public EventLoopGroup onServer(boolean useNative) {
		return this.group;
	}

	@Override
	public boolean daemon() {
		return true;
	}

	@Override
	public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
		return Mono.create((sink) -> this.group.shutdownGracefully(0, timeout.toMillis(), TimeUnit.MILLISECONDS)
			.addListener((future) -> sink.success()));
	}

	/**
	 * Names the threads, which Reactor knows as ones that must not block.
	 */
	private static final class Threads implements ThreadFactory {

		private final AtomicInteger count = new AtomicInteger();

		private final String prefix;

		Threads(String prefix) {
			this.prefix = prefix;
		}

		@Override
		public Thread newThread(Runnable task) {
			Thread thread = new EventLoopThread(task, this.prefix + this.count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		}

	}

	private static final class EventLoopThread extends FastThreadLocalThread implements NonBlocking {

		EventLoopThread(Runnable task, String name) {
			super(task, name);
		}

	}

}
