package dev.pingora.spring.listen;

import dev.pingora.spring.service.ConnectionFilter;
import org.jspecify.annotations.Nullable;

/**
 * How a listener treats its connections.
 *
 * @param connectionLimit how many may be open at a time, 0 for any number; further ones
 * wait in the kernel's queue
 * @param tls TLS, or {@code null} for none
 * @param filter who may connect
 */
public record ListenerOptions(int connectionLimit, @Nullable Tls tls, ConnectionFilter filter) {

	/**
	 * Any number of connections of everybody, without TLS.
	 */
	public static final ListenerOptions DEFAULT = new ListenerOptions(0, null, ConnectionFilter.EVERYBODY);

}
