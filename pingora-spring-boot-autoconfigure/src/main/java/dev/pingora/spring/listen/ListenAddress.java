package dev.pingora.spring.listen;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;

import io.netty.channel.unix.DomainSocketAddress;

/**
 * A place to listen on: an IP address with a port, or the path of a Unix socket. Its text
 * ({@link Object#toString()}) is the one that Pingora sends in an upgrade:
 * {@code 0.0.0.0:6188}, {@code [::]:6189} or {@code /run/app.sock}.
 */
public sealed interface ListenAddress permits TcpAddress, UnixAddress {

	/**
	 * Return this address as Netty and the JDK know it.
	 * @return an {@link InetSocketAddress} or a {@link DomainSocketAddress}
	 */
	SocketAddress toSocketAddress();

	/**
	 * Read an address.
	 * @param text {@code host:port} (an IPv6 address in square brackets),
	 * {@code unix:/absolute/path} or {@code /absolute/path}
	 * @return the address
	 * @throws InvalidListenAddressException if the text is none of these
	 */
	static ListenAddress parse(String text) {
		if (text.startsWith(UnixAddress.PREFIX)) {
			return UnixAddress.parse(text, text.substring(UnixAddress.PREFIX.length()));
		}
		return text.startsWith("/") ? UnixAddress.parse(text, text) : TcpAddress.parse(text);
	}

	/**
	 * Return the address that a socket says it has.
	 * @param address an {@link InetSocketAddress} or a {@link DomainSocketAddress}
	 * @return the address
	 */
	static ListenAddress of(SocketAddress address) {
		if (address instanceof InetSocketAddress inet) {
			return new TcpAddress(inet.getAddress(), inet.getPort());
		}
		if (address instanceof DomainSocketAddress domain) {
			return new UnixAddress(Path.of(domain.path()));
		}
		throw new IllegalArgumentException("'%s' is neither an IP address nor a path".formatted(address));
	}

	/**
	 * Return the address that a web server means: all addresses of this machine are those
	 * of both families, where the machine has IPv6.
	 * @param address the address of a web server
	 * @return the address that it listens on
	 */
	static ListenAddress ofWebServer(ListenAddress address) {
		return (address instanceof TcpAddress tcp && tcp.host().isAnyLocalAddress()) ? TcpAddress.wildcard(tcp)
				: address;
	}

}
