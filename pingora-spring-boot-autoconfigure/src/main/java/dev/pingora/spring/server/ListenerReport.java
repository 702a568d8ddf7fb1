package dev.pingora.spring.server;

/**
 * A listener with its connections.
 *
 * @param address the address that the kernel has bound
 * @param inherited whether a predecessor opened the socket
 * @param active how many connections are open
 * @param busy how many of them have an exchange that is not finished
 * @param draining whether its connections are to end
 * @param connections what became of its connections
 */
public record ListenerReport(String address, boolean inherited, int active, int busy, boolean draining,
		ConnectionCounts connections) {
}
