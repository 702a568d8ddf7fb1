package dev.pingora.spring.listen;

import org.jspecify.annotations.Nullable;

/**
 * Returns the listening socket of an address: the inherited one, or else a new one.
 */
@FunctionalInterface
public interface SocketClaim {

	/**
	 * Claim a socket.
	 * @param address the configured address
	 * @return the socket, or {@code null} where this JVM cannot adopt sockets
	 * @throws ListenException if a new socket cannot be opened
	 */
	@Nullable ListeningSocket claim(ListenAddress address);

}
