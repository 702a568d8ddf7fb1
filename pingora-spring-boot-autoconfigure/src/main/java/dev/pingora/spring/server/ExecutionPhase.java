package dev.pingora.spring.server;

/**
 * The life of a server, after Pingora's enum of the same name. An upgrade that fails goes
 * back from {@link #HANDING_OVER} to {@link #RUNNING}, and so does a predecessor that
 * takes the traffic back from {@link #SHARING} or {@link #DRAINING}.
 */
public enum ExecutionPhase {

	/**
	 * The application is configured; no listening socket is open.
	 */
	SETUP,

	/**
	 * The services claim their listening sockets, inherited or new. Connections wait in
	 * the queues of the kernel.
	 */
	BOOTSTRAP,

	/**
	 * The application is ready and could accept. A successor waits here for its
	 * predecessor's word.
	 */
	PREPARED,

	/**
	 * The server accepts and serves.
	 */
	RUNNING,

	/**
	 * A successor is given the listening sockets. The server still accepts and serves.
	 */
	HANDING_OVER,

	/**
	 * A successor serves, and its share of the traffic grows. The server still accepts
	 * and serves, less and less.
	 */
	SHARING,

	/**
	 * The server accepts no more; every connection ends after its next response.
	 */
	DRAINING,

	/**
	 * The last connection and the listening sockets are closed.
	 */
	TERMINATED

}
