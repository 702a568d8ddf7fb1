package dev.pingora.spring.web.netty;

import java.time.Duration;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.NettyListener;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.server.PingoraServer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Lets Boot's Netty web server claim its socket from a server of ours, and be one of its
 * listeners.
 */
public final class NettyWebServerCustomizer
		implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {

	private final String name;

	private final PingoraServer server;

	private final @Nullable ReactorResourceFactory resources;

	/**
	 * Create the customizer.
	 * @param name the name of the listener
	 * @param server the server that the listener belongs to
	 * @param resources the event loops of the application, which the web server keeps if
	 * they can adopt a socket
	 */
	public NettyWebServerCustomizer(String name, PingoraServer server, @Nullable ReactorResourceFactory resources) {
		this.name = name;
		this.server = server;
		this.resources = resources;
	}

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		NettyListener listener = new NettyListener(this.name,
				(address) -> this.server.claim(ListenAddress.ofWebServer(address), SocketOptions.DEFAULT));
		// The server has drained before; a second wait would hold the process.
		factory.setShutdown(Shutdown.IMMEDIATE);
		factory.addServerCustomizers(
				(http) -> (HttpServer) listener.on(http).doOnBind((config) -> this.server.add(listener)));
		factory.setResourceFactory(new AdoptingResources(listener.on(loops())));
	}

	/**
	 * Return the event loops, and let them end without Netty's quiet period of two
	 * seconds: nothing is left to come when the last connection is drained.
	 */
	private LoopResources loops() {
		if (this.resources != null) {
			this.resources.setShutdownQuietPeriod(Duration.ZERO);
			LoopResources loops = this.resources.getLoopResources();
			if (EventLoops.fits(loops)) {
				return loops;
			}
		}
		return new EventLoops(this.name, LoopResources.DEFAULT_IO_WORKER_COUNT);
	}

	/**
	 * Come last, so that nobody else's loops replace ours.
	 */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	/**
	 * The event loops in the form in which Boot asks for them, after all customizers.
	 */
	private static final class AdoptingResources extends ReactorResourceFactory {

		private final LoopResources loops;

		AdoptingResources(LoopResources loops) {
			this.loops = loops;
		}

		@Override
		public LoopResources getLoopResources() {
			return this.loops;
		}

	}

}
