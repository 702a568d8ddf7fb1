package dev.pingora.spring.service;

/**
 * Work that goes on beside the requests and that only one process may do at a time: it
 * runs in exactly one generation. It is stopped in the predecessor before the commit of
 * an upgrade, started in the successor after it, and started again in a predecessor that
 * goes on serving after all.
 */
public interface BackgroundService {

	/**
	 * Return the name of this service, which is its key in {@code pingora.services}.
	 * @return lower-case letters, digits and hyphens
	 */
	String name();

	/**
	 * Do the work until this process shall stop it. It is called on a thread of its own,
	 * once for each time that the work begins, and is interrupted if it has not returned
	 * in time.
	 * @param shutdown tells when to stop
	 * @param ready to be run when the work has begun, so that what depends on it can
	 * start
	 * @throws Exception if the work fails; it does not begin again by itself
	 */
	void start(ShutdownSignal shutdown, Runnable ready) throws Exception;

}
