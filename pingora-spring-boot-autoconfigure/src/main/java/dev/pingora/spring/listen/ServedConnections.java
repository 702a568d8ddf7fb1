package dev.pingora.spring.listen;

/**
 * What a server that has its own accepting thread can say of its connections and do with
 * them.
 */
public interface ServedConnections {

	/**
	 * Say whether every connection is to end after its next response.
	 * @param draining whether the listener drains
	 */
	void draining(boolean draining);

	/**
	 * Return how many connections have a request without its whole response.
	 * @return the busy connections
	 */
	int busy();

	/**
	 * Close all connections.
	 */
	void closeAll();

}
