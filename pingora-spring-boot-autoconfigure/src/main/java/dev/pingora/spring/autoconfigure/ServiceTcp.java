package dev.pingora.spring.autoconfigure;

import java.time.Duration;

import dev.pingora.spring.listen.TcpOptions;
import dev.pingora.spring.listen.TcpOptions.KeepAlive;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration of the TCP sockets of one service. What is not set is left to the
 * operating system.
 *
 * @param ipv6Only Whether a listener on an IPv6 address takes no IPv4 connections.
 * @param reusePort Whether several processes may listen on the same address.
 * @param fastOpen Number of connections that may wait which came with data in their first
 * packet (TCP Fast Open).
 * @param keepAliveIdle After how much silence a peer is asked whether it is there.
 * Keep-alive is off without it.
 * @param keepAliveInterval How often a silent peer is asked.
 * @param keepAliveProbes Number of unanswered questions after which the connection is
 * closed.
 * @param userTimeout How long sent data may go unanswered before the connection is
 * closed.
 * @param dscp Class of service of the packets, 0 to 63 (DSCP).
 * @param receiveBuffer Size of the buffer for what waits to be read.
 * @param sendBuffer Size of the buffer for what waits to be sent.
 */
public record ServiceTcp(@DefaultValue("false") boolean ipv6Only, @DefaultValue("false") boolean reusePort,
		@Nullable Integer fastOpen, @Nullable Duration keepAliveIdle, @DefaultValue("75s") Duration keepAliveInterval,
		@DefaultValue("9") int keepAliveProbes, @Nullable Duration userTimeout, @Nullable Integer dscp,
		@Nullable DataSize receiveBuffer, @Nullable DataSize sendBuffer) {

	private static final int LARGEST_DSCP = 63;

	/**
	 * Return these options in the words of a listener.
	 * @param property the property that they are below, for what makes no sense
	 */
	TcpOptions options(String property) {
		PropertyRules.positive(property + ".fast-open", this.fastOpen);
		PropertyRules.positive(property + ".keep-alive-probes", this.keepAliveProbes);
		PropertyRules.positive(property + ".keep-alive-interval", this.keepAliveInterval);
		if (this.dscp != null && (this.dscp < 0 || this.dscp > LARGEST_DSCP)) {
			throw new InvalidPropertyException(property + ".dscp", this.dscp, "it is not between 0 and 63",
					"Set it to a class of service, as 46 for expedited forwarding, or remove it.");
		}
		return new TcpOptions(this.ipv6Only, this.reusePort, this.fastOpen, keepAlive(property), userTimeout(property),
				this.dscp, bytes(property + ".receive-buffer", this.receiveBuffer),
				bytes(property + ".send-buffer", this.sendBuffer));
	}

	private @Nullable KeepAlive keepAlive(String property) {
		if (this.keepAliveIdle == null) {
			return null;
		}
		PropertyRules.positive(property + ".keep-alive-idle", this.keepAliveIdle);
		return new KeepAlive(this.keepAliveIdle, this.keepAliveInterval, this.keepAliveProbes);
	}

	private @Nullable Duration userTimeout(String property) {
		if (this.userTimeout != null) {
			PropertyRules.positive(property + ".user-timeout", this.userTimeout);
		}
		return this.userTimeout;
	}

	private static @Nullable Integer bytes(String property, @Nullable DataSize size) {
		if (size == null) {
			return null;
		}
		if (size.toBytes() < 1 || size.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidPropertyException(property, size, "it is not between 1 byte and 2 GB",
					"Set it to a size, as in '256KB', or remove it.");
		}
		return (int) size.toBytes();
	}

}
