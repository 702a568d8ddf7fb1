package dev.pingora.spring.server;

/**
 * What became of an upgrade, seen from the process that handed over.
 */
public enum UpgradeOutcome {

	/**
	 * Nothing yet: the upgrade is under way.
	 */
	UNDER_WAY,

	/**
	 * The successor serves.
	 */
	SUCCEEDED,

	/**
	 * The successor does not serve; nothing has changed for any client.
	 */
	FAILED,

	/**
	 * The upgrade was called off before its commit.
	 */
	ABORTED,

	/**
	 * The upgrade did not begin, because of the phase or because one was under way.
	 */
	REFUSED,

	/**
	 * The successor served and died while the predecessor drained, which serves again.
	 */
	TAKEN_BACK

}
