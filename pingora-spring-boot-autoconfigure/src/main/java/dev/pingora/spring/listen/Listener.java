package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A server on one listening socket, whoever wrote the server. It accepts nothing before
 * it is told to, and can stop and start again without closing the socket.
 */
public interface Listener {

	/**
	 * Return the name of what is served.
	 * @return the key of a service in the configuration, or a name for the application's
	 * own web server
	 */
	String service();

	/**
	 * Return the address that the kernel has bound.
	 * @return the address, with the real port where any was asked for
	 */
	ListenAddress address();

	/**
	 * Return the socket, which a successor can be given.
	 * @return the socket, or {@code null} where this JVM cannot hand sockets over
	 */
	@Nullable ListeningSocket socket();

	/**
	 * Return whether the socket is open in this process.
	 * @return whether it has been bound and not closed
	 */
	boolean isListening();

	/**
	 * Return the connections that came in through this listener.
	 * @return the connections
	 */
	Connections connections();

	/**
	 * Return how HTTP is spoken through this listener.
	 * @return the scheme
	 */
	HttpScheme scheme();

	/**
	 * Connect to this server from within this process, whether it accepts or not. Nobody
	 * else can come this way, and the connection is none of {@link #connections()}.
	 * @param timeout how long a read may wait
	 * @return the client's end, over which HTTP is spoken in plain text: TLS has shaken
	 * hands
	 * @throws IOException if this server cannot be reached so
	 */
	default Socket connectInside(Duration timeout) throws IOException {
		int millis = (int) Math.min(Math.max(1, timeout.toMillis()), Integer.MAX_VALUE);
		Socket plain = connectInside();
		plain.setSoTimeout(millis);
		return (scheme() == HttpScheme.HTTPS) ? InsideTls.over(plain, millis) : plain;
	}

	/**
	 * Connect to this server from within this process, and say nothing yet.
	 * @return the client's end
	 * @throws IOException if this server cannot be reached so
	 */
	Socket connectInside() throws IOException;

	/**
	 * Return how many open connections have an exchange that is not finished: an HTTP
	 * request without its whole response, or any dialogue of another protocol.
	 * @return the busy connections
	 */
	int busy();

	/**
	 * Accept connections, from the queue first.
	 */
	void accept();

	/**
	 * Leave new connections to another process that has the same socket, until it is this
	 * one's turn {@linkplain #resume() again}. Connections that are open go on.
	 */
	void pause();

	/**
	 * Accept again.
	 */
	void resume();

	/**
	 * Let a share of the connections end after their next response, each once the share
	 * has grown to its rank.
	 * @param share from 0 to 1
	 * @param streamTimeout how long a response may go on that would never end by itself
	 */
	void leave(double share, Duration streamTimeout);

	/**
	 * Stop accepting, and let every connection end after its next response. The socket
	 * stays open: connections wait in its queue, and whoever has it may accept them.
	 * @param streamTimeout how long a response may go on that would never end by itself
	 */
	void drain(Duration streamTimeout);

	/**
	 * Accept what waits in the queue, close the socket, and let every connection end
	 * after its next response. Later connections are refused.
	 * @param streamTimeout how long a response may go on that would never end by itself
	 */
	void drainAndRefuse(Duration streamTimeout);

	/**
	 * Close the connections that are left.
	 * @return how many were cut off in the middle of an exchange
	 */
	int cutOff();

	/**
	 * Close the socket in this process.
	 * @param removePath whether nobody else has the socket, so that the path of a Unix
	 * socket has to go with it
	 */
	void close(boolean removePath);

	/**
	 * Return whether a predecessor opened the socket.
	 * @return whether the socket is inherited
	 */
	default boolean isInherited() {
		ListeningSocket socket = socket();
		return socket != null && socket.inherited();
	}

}
