package dev.pingora.spring.listen;

import java.io.IOException;
import java.time.Duration;

import io.netty.channel.epoll.LinuxSocket;
import org.jspecify.annotations.Nullable;

/**
 * What Pingora's {@code TcpSocketOptions} has: options of a listening socket that its
 * connections inherit (tcp(7), ip(7), ipv6(7)). What is {@code null} is left to the
 * kernel.
 *
 * @param ipv6Only whether a socket on an IPv6 address takes no IPv4 connections
 * @param reusePort whether several sockets may listen on the same address
 * @param fastOpen how many connections may wait that came with data in their SYN
 * @param keepAlive after how much silence a peer is asked whether it is there
 * @param userTimeout how long sent data may go unanswered
 * @param dscp the class of service of the packets, 0 to 63
 * @param receiveBuffer the bytes that wait to be read
 * @param sendBuffer the bytes that wait to be sent
 */
public record TcpOptions(boolean ipv6Only, boolean reusePort, @Nullable Integer fastOpen, @Nullable KeepAlive keepAlive,
		@Nullable Duration userTimeout, @Nullable Integer dscp, @Nullable Integer receiveBuffer,
		@Nullable Integer sendBuffer) {

	/**
	 * Everything as the kernel has it.
	 */
	public static final TcpOptions DEFAULT = new TcpOptions(false, false, null, null, null, null, null, null);

	// From linux/in.h, linux/in6.h and linux/tcp.h.
	private static final int IPPROTO_IP = 0;

	private static final int IP_TOS = 1;

	private static final int IPPROTO_TCP = 6;

	private static final int TCP_KEEPIDLE = 4;

	private static final int TCP_KEEPINTVL = 5;

	private static final int TCP_KEEPCNT = 6;

	private static final int TCP_USER_TIMEOUT = 18;

	private static final int TCP_FASTOPEN = 23;

	private static final int IPPROTO_IPV6 = 41;

	private static final int IPV6_V6ONLY = 26;

	private static final int IPV6_TCLASS = 67;

	private static final int DSCP_SHIFT = 2;

	/**
	 * Set what has to be there before the socket is bound.
	 */
	void applyBeforeBind(LinuxSocket socket, boolean ipv6) throws IOException {
		if (ipv6 && this.ipv6Only) {
			socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
		}
		if (this.reusePort) {
			socket.setReusePort(true);
		}
	}

	/**
	 * Set what can be changed in a socket that listens already, as an inherited one does.
	 */
	void apply(LinuxSocket socket, boolean ipv6) throws IOException {
		if (this.receiveBuffer != null) {
			socket.setReceiveBufferSize(this.receiveBuffer);
		}
		if (this.sendBuffer != null) {
			socket.setSendBufferSize(this.sendBuffer);
		}
		if (this.fastOpen != null) {
			socket.setIntOpt(IPPROTO_TCP, TCP_FASTOPEN, this.fastOpen);
		}
		if (this.dscp != null) {
			socket.setIntOpt(IPPROTO_IP, IP_TOS, this.dscp << DSCP_SHIFT);
			if (ipv6) {
				socket.setIntOpt(IPPROTO_IPV6, IPV6_TCLASS, this.dscp << DSCP_SHIFT);
			}
		}
		applyKeepAlive(socket);
	}

	private void applyKeepAlive(LinuxSocket socket) throws IOException {
		if (this.keepAlive != null) {
			socket.setKeepAlive(true);
			socket.setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, seconds(this.keepAlive.idle()));
			socket.setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, seconds(this.keepAlive.interval()));
			socket.setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, this.keepAlive.probes());
		}
		if (this.userTimeout != null) {
			socket.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, (int) this.userTimeout.toMillis());
		}
	}

	private static int seconds(Duration duration) {
		return (int) Math.max(1, duration.toSeconds());
	}

	/**
	 * When a silent peer is asked whether it is there.
	 *
	 * @param idle after how much silence
	 * @param interval how often
	 * @param probes after how many unanswered questions the connection is closed
	 */
	public record KeepAlive(Duration idle, Duration interval, int probes) {
	}

}
