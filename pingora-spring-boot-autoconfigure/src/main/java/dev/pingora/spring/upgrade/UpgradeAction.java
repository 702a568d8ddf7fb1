package dev.pingora.spring.upgrade;

/**
 * What a process does in an upgrade when its state changes: what it says, and what it
 * does besides.
 */
enum UpgradeAction {

	SAY_HELLO, SAY_RECEIVED, SAY_PREPARED, SAY_HOLD, SAY_COMMIT, SAY_SERVING, SAY_HEARD, SAY_DRAINING, SAY_DRAINED,
	SAY_LEAVING, SAY_STOPPED, SAY_FAILED, SAY_ABORT,

	/** Sends the sockets, with or without a greeting before. */
	SEND_SOCKETS,
	/** Closes the connection. */
	CLOSE,
	/** Stops the background services and waits for their return. */
	STOP_BACKGROUND,
	/** Lets the background services run again. */
	START_BACKGROUND,
	/** Lets the background services run, and accepts. */
	TAKE_OVER,
	/** Accepts again, after the successor had begun to. */
	ACCEPT_AGAIN,
	/** Accepts no more, at once or bit by bit, and drains. */
	STOP_ACCEPTING,
	/** Waits for the word again, for longer. */
	WAIT_LONGER,
	/** Closes the sockets that were received. */
	CLOSE_SOCKETS;

	boolean isWord() {
		return name().startsWith("SAY_");
	}

	Message.Verb verb() {
		return Message.Verb.valueOf(name().substring("SAY_".length()));
	}

}
