package dev.pingora.spring.upgrade;

import dev.pingora.spring.upgrade.Message.Verb;

/**
 * What can happen to a process in an upgrade: a word of the other process, its silence or
 * its loss, and what happens in the process itself.
 */
enum UpgradeEvent {

	/** The other process has greeted. */
	HELLO,
	/** The successor has all sockets. */
	RECEIVED,
	/** The successor could accept. */
	PREPARED,
	/** The predecessor stops its background services, which takes a while. */
	HOLD,
	/** The successor shall accept. */
	COMMIT,
	/** The successor accepts. */
	SERVING,
	/** The predecessor has heard that, and leaves. */
	HEARD,
	/** The predecessor does not accept any more, after both did. */
	DRAINING,
	/** The last connection of the predecessor has ended, there or here. */
	DRAINED,
	/** The successor leaves, or hands over in its turn. */
	LEAVING,
	/** The background services of a successor that gave up have stopped. */
	STOPPED,
	/** The successor gives up. */
	FAILED,
	/** The predecessor takes its sockets back. */
	ABORT,
	/** A word that is none of the protocol, or none that fits. */
	STRANGE,
	/** The other process has closed the connection or is gone. */
	LOST,
	/** What was waited for has not come in time. */
	TIMEOUT,
	/** No greeting has come in time, and the peer is said to be a Pingora. */
	SILENCE,
	/** Here: some sockets have come, and more are to come. */
	SOME_SOCKETS,
	/** Here: the last socket has come. */
	LAST_SOCKET,
	/** Here: the sockets of a Pingora have come, which says no word. */
	FOREIGN_SOCKETS,
	/** Here: the application could accept. */
	READY,
	/** Here: the application accepts. */
	ACCEPTING,
	/** Here: the application, or the hand-over itself, has failed. */
	BROKEN,
	/** Here: the upgrade was called off. */
	ABORTED,
	/** Here: the process was told to stop, or hands over in its turn. */
	TOLD_TO_LEAVE,
	/** Here: what it was to leave for has failed, and it stays. */
	TOLD_TO_STAY,
	/** Here: the background services have returned. */
	BACKGROUND_STOPPED,
	/** Here: a background service does not return. */
	BACKGROUND_STUBBORN;

	static UpgradeEvent of(Verb verb) {
		return valueOf(verb.name());
	}

}
