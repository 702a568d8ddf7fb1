package dev.pingora.spring.listen;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

import io.netty.channel.unix.Socket;

/**
 * An IP address with a port.
 *
 * @param host the address of an interface, or the wildcard address of IPv4 or IPv6
 * @param port 0 (any free port) to 65535
 */
public record TcpAddress(InetAddress host, int port) implements ListenAddress {

	private static final int MAX_PORT = 65535;

	private static final int IPV6_BYTES = 16;

	static TcpAddress parse(String text) {
		int colon = text.lastIndexOf(':');
		if (colon < 1) {
			throw new InvalidListenAddressException(text, "it has no port",
					"Write 'host:port' as in '0.0.0.0:6188' or '[::]:6188', or 'unix:/absolute/path'.");
		}
		return new TcpAddress(host(text, text.substring(0, colon)), port(text, text.substring(colon + 1)));
	}

	/**
	 * Return all addresses of this machine as a web server means them: both families,
	 * where the machine has IPv6.
	 */
	static TcpAddress wildcard(TcpAddress address) {
		try {
			InetAddress any = Socket.isIPv6Preferred() ? InetAddress.getByAddress(new byte[IPV6_BYTES])
					: address.host();
			return new TcpAddress(any, address.port());
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static InetAddress host(String text, String host) {
		boolean bracketed = host.startsWith("[") && host.endsWith("]");
		if (!bracketed && host.indexOf(':') >= 0) {
			throw new InvalidListenAddressException(text, "an IPv6 address needs square brackets",
					"Write '[address]:port' as in '[::]:6188'.");
		}
		try {
			return InetAddress.getByName(host);
		}
		catch (UnknownHostException ex) {
			throw new InvalidListenAddressException(text, "the host '%s' is unknown".formatted(host),
					"Use an IP address of this machine, or a name that it can look up.");
		}
	}

	private static int port(String text, String port) {
		try {
			int number = Integer.parseInt(port);
			if (number >= 0 && number <= MAX_PORT) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// answered below, as a number out of range is
		}
		throw new InvalidListenAddressException(text, "the port '%s' is not a number from 0 to 65535".formatted(port),
				"Use a free port from 1 to 65535, or 0 for any free one.");
	}

	@Override
	public SocketAddress toSocketAddress() {
		return new InetSocketAddress(this.host, this.port);
	}

	boolean isIpv6() {
		return this.host instanceof Inet6Address;
	}

	/**
	 * Return whether the kernel chooses the port.
	 * @return whether the port is 0
	 */
	public boolean isEphemeral() {
		return this.port == 0;
	}

	@Override
	public String toString() {
		return (isIpv6() ? "[" + compressed() + "]" : this.host.getHostAddress()) + ":" + this.port;
	}

	/**
	 * Return the text of RFC 5952 for the addresses that servers listen on most, as
	 * Pingora sends them, and the long form of the JDK for the others.
	 */
	private String compressed() {
		if (this.host.isAnyLocalAddress()) {
			return "::";
		}
		return this.host.isLoopbackAddress() ? "::1" : this.host.getHostAddress();
	}

}
