package dev.pingora.spring.server;

/**
 * What the other process of an upgrade does, as far as this one knows.
 */
public enum PeerState {

	/**
	 * A successor that has the sockets or is about to, and does not serve yet.
	 */
	STARTING,

	/**
	 * A successor that serves.
	 */
	SERVING,

	/**
	 * A predecessor that hands over and still serves.
	 */
	HANDING_OVER,

	/**
	 * A predecessor that has handed over and lets its connections end.
	 */
	DRAINING,

	/**
	 * A predecessor that is gone.
	 */
	LEFT

}
