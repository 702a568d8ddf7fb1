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
	 * Up to the successor's word that it could accept: the start of its application.
	 */
	PREPARE,

	/**
	 * From the predecessor's commit to the successor's word that it serves.
	 */
	COMMIT,

	/**
	 * Up to the end of the predecessor's last connection.
	 */
	DRAIN

}
