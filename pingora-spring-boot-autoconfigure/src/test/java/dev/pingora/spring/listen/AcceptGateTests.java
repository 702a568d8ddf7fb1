package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The door of a server whose event loop has other things to do.
 */
@Timeout(60)
class AcceptGateTests {

	/**
	 * Longer than an event loop has for what waits in the queue when it is on time.
	 */
	private static final Duration LATE = Duration.ofMillis(20);

	private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

	private final Connections connections = new Connections();

	private final AcceptGate gate = new AcceptGate((child) -> this.connections.opened(),
			new Admission("test", ListenerOptions.DEFAULT, this.connections));

	private Channel server;

	@BeforeEach
	void listen() throws InterruptedException {
		this.server = new ServerBootstrap().group(this.loop)
			.channel(EpollServerSocketChannel.class)
			.option(ChannelOption.AUTO_READ, false)
			.handler(this.gate)
			.childHandler(new ChannelInboundHandlerAdapter())
			.bind(InetAddress.getLoopbackAddress(), 0)
			.sync()
			.channel();
	}

	@AfterEach
	void stop() {
		this.loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
	}

	@Test
	void whatWaitsInTheQueueIsAcceptedBeforeTheSocketIsClosed() throws IOException {
		try (Socket first = connect(); Socket second = connect()) {
			this.gate.open(this.server);
			assertThat(this.gate.closeSocket(this.server).awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
			assertThat(this.server.isOpen()).isFalse();
			assertThat(this.connections.accepted()).isEqualTo(2);
			assertThat(first.getPort()).isEqualTo(second.getPort());
		}
	}

	@Test
	void eventLoopThatIsLateAcceptsBeforeItClosesTheSocket() throws IOException {
		try (Socket waiting = connect()) {
			CountDownLatch busy = new CountDownLatch(1);
			this.loop.execute(() -> awaitUninterruptibly(busy));
			this.gate.open(this.server);
			Future<?> closed = this.gate.closeSocket(this.server);
			try {
				long begun = System.nanoTime();
				await().until(() -> System.nanoTime() - begun > LATE.toNanos());
			}
			finally {
				busy.countDown();
			}
			assertThat(closed.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
			assertThat(this.server.isOpen()).isFalse();
			assertThat(this.connections.accepted()).isEqualTo(1);
			assertThat(waiting.isClosed()).isFalse();
		}
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Socket connect() throws IOException {
		InetSocketAddress address = (InetSocketAddress) this.server.localAddress();
		return new Socket(address.getAddress(), address.getPort());
	}

}
