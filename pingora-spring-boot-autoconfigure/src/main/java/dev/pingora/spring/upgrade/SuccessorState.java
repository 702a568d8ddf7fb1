package dev.pingora.spring.upgrade;

/**
 * The states of the new process in an upgrade.
 */
enum SuccessorState {

	/** Has greeted and waits for a greeting, or for the sockets of a Pingora. */
	GREETING,
	/** Waits for the sockets. */
	GREETED,
	/** Has some of the sockets. */
	RECEIVING,
	/** Has the sockets and starts the application. */
	STARTING,
	/**
	 * Has the sockets of a Pingora, which expects no word, and starts the application.
	 */
	STARTING_ALONE,
	/** Could accept and waits for the word. */
	PREPARED,
	/** Was given the word and begins to accept. */
	COMMITTED,
	/** Accepts; the predecessor may not have heard of it. */
	SERVING,
	/** Accepts; the predecessor leaves. */
	SETTLED,
	/** Accepts; there is no predecessor any more. */
	ALONE,
	/** Was told to leave, or hands over in its turn. */
	LEAVING,
	/** Hands back to a predecessor that has taken its sockets back. */
	GIVING_UP,
	/** Has failed. */
	FAILED

}
