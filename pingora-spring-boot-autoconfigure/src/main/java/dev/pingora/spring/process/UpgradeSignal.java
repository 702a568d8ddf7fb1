package dev.pingora.spring.process;

/**
 * A signal that can ask a server to hand over. Those that HotSpot needs for itself or
 * that the kernel sends for reasons of its own are missing.
 */
public enum UpgradeSignal {

	/**
	 * SIGQUIT, as in Pingora. HotSpot prints its thread dump as well.
	 */
	QUIT,

	/**
	 * SIGHUP, which a terminal also sends when it closes.
	 */
	HUP,

	/**
	 * SIGWINCH, which a terminal also sends when its size changes.
	 */
	WINCH,

	/**
	 * No signal: SIGQUIT keeps the meaning that it has in any JVM.
	 */
	NONE

}
