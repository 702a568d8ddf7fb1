package dev.pingora.spring.listen;

/**
 * What a server that has its own accepting thread can say of its connections and do with
 * them.
 */
public interface ServedConnections {

	/**
	 * Let those connections end after their next response whose rank the share of those
	 * that leave has reached.
	 */
	void leave();

	/**
	 * Let every connection end after its next response.
	 */
	void drain();

	/**
	 * Let connections stay open again.
	 */
	void goOn();

	/**
	 * Return how many connections have a request without its whole response.
	 * @return the busy connections
	 */
	int busy();

	/**
	 * Return whether the connections begin with TLS.
	 * @return whether they do
	 */
	boolean isSecure();

	/**
	 * Close all connections.
	 */
	void closeAll();

}
