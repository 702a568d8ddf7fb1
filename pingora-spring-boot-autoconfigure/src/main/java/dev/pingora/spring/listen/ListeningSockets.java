package dev.pingora.spring.listen;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import io.netty.channel.epoll.Epoll;

/**
 * The listening sockets of this process: those that it inherited and has not claimed yet,
 * and those that it opens. They take {@linkplain EventLoops#canAdopt() native epoll}.
 */
public final class ListeningSockets {

	static {
		Epoll.ensureAvailability();
	}

	private final List<InheritedSocket> unclaimed;

	/**
	 * Create the sockets of a process.
	 * @param inherited what a predecessor handed over, which is nothing at a cold start
	 */
	public ListeningSockets(List<InheritedSocket> inherited) {
		this.unclaimed = new ArrayList<>(inherited);
	}

	/**
	 * Return the socket that listens on an address: the inherited one, or else a new one.
	 * An inherited socket is recognised by the address that the kernel says it has; the
	 * sender's name for it decides only where that is any free port.
	 * @param address the configured address
	 * @param options how to open a new socket; the backlog also applies to an inherited
	 * one
	 * @return the socket
	 * @throws ListenException if a new socket cannot be opened
	 */
	public synchronized ListeningSocket claim(ListenAddress address, SocketOptions options) {
		Optional<InheritedSocket> inherited = find(address);
		inherited.ifPresent(this.unclaimed::remove);
		int descriptor = inherited.map((socket) -> SocketOpener.reopen(socket, address, options))
			.orElseGet(() -> SocketOpener.open(address, options));
		ListenAddress bound = Descriptors.address(descriptor);
		return new ListeningSocket(address, (bound != null) ? bound : address, descriptor, inherited.isPresent());
	}

	private Optional<InheritedSocket> find(ListenAddress address) {
		if (address instanceof TcpAddress tcp && tcp.isEphemeral()) {
			return first((socket) -> socket.name().equals(address.toString()));
		}
		return first((socket) -> address.equals(Descriptors.address(socket.descriptor())));
	}

	private Optional<InheritedSocket> first(Predicate<InheritedSocket> predicate) {
		return this.unclaimed.stream().filter(predicate).findFirst();
	}

	/**
	 * Close the inherited sockets that nobody claimed.
	 * @return what was closed
	 */
	public synchronized List<InheritedSocket> closeUnclaimed() {
		List<InheritedSocket> closed = List.copyOf(this.unclaimed);
		closed.forEach(InheritedSocket::close);
		this.unclaimed.clear();
		return closed;
	}

}
