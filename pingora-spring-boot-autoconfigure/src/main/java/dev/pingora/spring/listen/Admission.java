package dev.pingora.spring.listen;

import java.net.InetSocketAddress;

import io.netty.channel.Channel;

/**
 * Who comes in through a listener: everybody whom the filter accepts, as long as there is
 * room.
 */
final class Admission {

	private final String service;

	private final ListenerOptions options;

	private final Connections connections;

	Admission(String service, ListenerOptions options, Connections connections) {
		this.service = service;
		this.options = options;
		this.connections = connections;
	}

	/**
	 * Ask the filter. Peers of a Unix socket need the permission to connect instead.
	 */
	boolean admits(Channel child) {
		return !(child.remoteAddress() instanceof InetSocketAddress peer)
				|| this.options.filter().accepts(this.service, peer);
	}

	boolean hasRoom() {
		int limit = this.options.connectionLimit();
		return limit == 0 || this.connections.active() < limit;
	}

}
