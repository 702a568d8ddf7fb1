package dev.pingora.spring.server;

/**
 * What a background service does in this process.
 */
public enum BackgroundState {

	/** Nothing: another generation does the work, or nobody does yet. */
	STOPPED,
	/** It waits for what it depends on, or is not ready yet. */
	STARTING,
	/** It works. */
	RUNNING,
	/** It was told to stop, and has not returned yet. */
	STOPPING,
	/** It has returned although nobody told it to, or has failed. */
	ENDED

}
