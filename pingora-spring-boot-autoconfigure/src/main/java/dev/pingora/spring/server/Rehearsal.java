package dev.pingora.spring.server;

import java.time.Duration;
import java.util.List;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.ListeningSockets;
import dev.pingora.spring.listen.NettyListener;
import dev.pingora.spring.listen.SocketClaim;
import dev.pingora.spring.listen.SocketOptions;

/**
 * What a successor does while it waits for the sockets: it opens each service once on a
 * port of its own and accepts nothing there, so that the classes are loaded when the
 * sockets come.
 */
final class Rehearsal {

	private static final ListenAddress ANY_PORT = ListenAddress.parse("127.0.0.1:0");

	private Rehearsal() {
	}

	static void run(List<ServicePlan> plans) {
		SocketClaim claim = (address) -> new ListeningSockets(List.of()).claim(address, SocketOptions.DEFAULT);
		for (ServicePlan plan : plans) {
			EventLoops loops = new EventLoops("rehearsal", 1);
			NettyListener.open(plan.service(), ANY_PORT, claim, loops, plan.listenerOptions()).close(false);
			loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).subscribe();
		}
	}

}
