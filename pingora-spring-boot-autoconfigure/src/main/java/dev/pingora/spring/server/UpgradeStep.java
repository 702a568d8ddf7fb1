package dev.pingora.spring.server;

/**
 * A step of an upgrade, with the event that ends it.
 */
public enum UpgradeStep {

	/**
	 * Up to the connection with a successor, which has said who it is.
	 */
	CONNECT,

	/**
	 * Up to the successor's word that it has the listening sockets.
	 */
	TRANSFER,

	/**
	 * Up to the successor's word that it could accept, without its warm-up: the start of
	 * its application.
	 */
	PREPARE,

	/**
	 * The warm-up of the successor, at the end of what it prepares.
	 */
	WARM_UP,

	/**
	 * From the predecessor's commit to the successor's word that it serves.
	 */
	COMMIT,

	/**
	 * Up to the end of the predecessor's last connection.
	 */
	DRAIN

}
