package dev.pingora.spring.upgrade;

import java.util.List;
import java.util.Set;

/**
 * The upgrade protocol: how the state of each of the two processes changes. Nothing else
 * changes it.
 */
final class UpgradeProtocol {

	/**
	 * What ends an upgrade that has not committed.
	 */
	private static final Set<UpgradeEvent> FAILURES = Set.of(UpgradeEvent.FAILED, UpgradeEvent.LEAVING,
			UpgradeEvent.STRANGE, UpgradeEvent.LOST, UpgradeEvent.TIMEOUT, UpgradeEvent.ABORTED);

	/**
	 * The old process.
	 */
	static final Transitions<PredecessorState> PREDECESSOR = predecessor();

	/**
	 * The new process.
	 */
	static final Transitions<SuccessorState> SUCCESSOR = successor();

	private UpgradeProtocol() {
	}

	private static Transitions<PredecessorState> predecessor() {
		Transitions<PredecessorState> rules = new Transitions<>();
		beforeCommit(rules);
		afterCommit(rules);
		toPingora(rules);
		return rules;
	}

	private static void beforeCommit(Transitions<PredecessorState> rules) {
		rules
			.rule(PredecessorState.GREETING, UpgradeEvent.HELLO, PredecessorState.OFFERING, UpgradeAction.SAY_HELLO,
					UpgradeAction.SEND_SOCKETS)
			.rule(PredecessorState.GREETING, FAILURES, PredecessorState.KEEPING, UpgradeAction.SAY_ABORT,
					UpgradeAction.CLOSE)
			.rule(PredecessorState.OFFERING, UpgradeEvent.RECEIVED, PredecessorState.WAITING)
			.rule(PredecessorState.OFFERING, FAILURES, PredecessorState.KEEPING, UpgradeAction.SAY_ABORT,
					UpgradeAction.CLOSE)
			.rule(PredecessorState.WAITING, UpgradeEvent.PREPARED, PredecessorState.STOPPING, UpgradeAction.SAY_HOLD,
					UpgradeAction.STOP_BACKGROUND)
			.rule(PredecessorState.WAITING, FAILURES, PredecessorState.KEEPING, UpgradeAction.SAY_ABORT,
					UpgradeAction.CLOSE)
			.rule(PredecessorState.STOPPING, UpgradeEvent.BACKGROUND_STOPPED, PredecessorState.COMMITTED,
					UpgradeAction.SAY_COMMIT)
			.rule(PredecessorState.STOPPING, Set.of(UpgradeEvent.BACKGROUND_STUBBORN, UpgradeEvent.ABORTED),
					PredecessorState.KEEPING, UpgradeAction.SAY_ABORT, UpgradeAction.CLOSE,
					UpgradeAction.START_BACKGROUND);
	}

	private static void afterCommit(Transitions<PredecessorState> rules) {
		rules
			.rule(PredecessorState.COMMITTED, UpgradeEvent.SERVING, PredecessorState.DRAINING, UpgradeAction.SAY_HEARD,
					UpgradeAction.STOP_ACCEPTING)
			.rule(PredecessorState.COMMITTED, UpgradeEvent.LOST, PredecessorState.KEEPING, UpgradeAction.CLOSE,
					UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.COMMITTED,
					Set.of(UpgradeEvent.FAILED, UpgradeEvent.LEAVING, UpgradeEvent.STRANGE, UpgradeEvent.TIMEOUT,
							UpgradeEvent.BROKEN),
					PredecessorState.WITHDRAWN, UpgradeAction.SAY_ABORT)
			.rule(PredecessorState.WITHDRAWN, Set.of(UpgradeEvent.STOPPED, UpgradeEvent.LOST), PredecessorState.KEEPING,
					UpgradeAction.CLOSE, UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.DRAINING, UpgradeEvent.LOST, PredecessorState.KEEPING, UpgradeAction.CLOSE,
					UpgradeAction.ACCEPT_AGAIN, UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.DRAINING, UpgradeEvent.FAILED, PredecessorState.FORSAKEN, UpgradeAction.ACCEPT_AGAIN)
			.rule(PredecessorState.FORSAKEN, UpgradeEvent.LOST, PredecessorState.KEEPING, UpgradeAction.CLOSE,
					UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.DRAINING, UpgradeEvent.LEAVING, PredecessorState.DRAINING_ALONE)
			.rule(PredecessorState.DRAINING, UpgradeEvent.DRAINING, PredecessorState.DRAINING,
					UpgradeAction.SAY_DRAINING)
			.rule(PredecessorState.DRAINING_ALONE, UpgradeEvent.DRAINING, PredecessorState.DRAINING_ALONE,
					UpgradeAction.SAY_DRAINING)
			.rule(PredecessorState.DRAINING, UpgradeEvent.DRAINED, PredecessorState.LEFT, UpgradeAction.SAY_DRAINED,
					UpgradeAction.CLOSE)
			.rule(PredecessorState.DRAINING_ALONE, UpgradeEvent.SERVING, PredecessorState.DRAINING)
			.rule(PredecessorState.DRAINING_ALONE, UpgradeEvent.DRAINED, PredecessorState.LEFT,
					UpgradeAction.SAY_DRAINED, UpgradeAction.CLOSE);
	}

	/**
	 * A Pingora says no word: nothing tells whether it serves.
	 */
	private static void toPingora(Transitions<PredecessorState> rules) {
		rules
			.rule(PredecessorState.GREETING, UpgradeEvent.SILENCE, PredecessorState.RELEASING,
					UpgradeAction.STOP_BACKGROUND)
			.rule(PredecessorState.RELEASING, UpgradeEvent.BACKGROUND_STOPPED, PredecessorState.TRUSTING,
					UpgradeAction.SEND_SOCKETS)
			.rule(PredecessorState.RELEASING, Set.of(UpgradeEvent.BACKGROUND_STUBBORN, UpgradeEvent.ABORTED),
					PredecessorState.KEEPING, UpgradeAction.CLOSE, UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.TRUSTING, UpgradeEvent.LOST, PredecessorState.KEEPING, UpgradeAction.CLOSE,
					UpgradeAction.START_BACKGROUND)
			.rule(PredecessorState.TRUSTING, UpgradeEvent.TIMEOUT, PredecessorState.DRAINING_ALONE, UpgradeAction.CLOSE,
					UpgradeAction.STOP_ACCEPTING);
	}

	private static Transitions<SuccessorState> successor() {
		Transitions<SuccessorState> rules = new Transitions<>();
		receiving(rules);
		starting(rules);
		serving(rules);
		return rules;
	}

	private static void receiving(Transitions<SuccessorState> rules) {
		rules.rule(SuccessorState.GREETING, UpgradeEvent.HELLO, SuccessorState.GREETED)
			.rule(SuccessorState.GREETING, UpgradeEvent.FOREIGN_SOCKETS, SuccessorState.STARTING_ALONE);
		for (SuccessorState state : List.of(SuccessorState.GREETED, SuccessorState.RECEIVING)) {
			rules.rule(state, UpgradeEvent.SOME_SOCKETS, SuccessorState.RECEIVING, UpgradeAction.SAY_RECEIVED)
				.rule(state, UpgradeEvent.LAST_SOCKET, SuccessorState.STARTING, UpgradeAction.SAY_RECEIVED);
		}
		for (SuccessorState state : List.of(SuccessorState.GREETING, SuccessorState.GREETED,
				SuccessorState.RECEIVING)) {
			rules
				.rule(state, UpgradeEvent.ABORT, SuccessorState.FAILED, UpgradeAction.CLOSE_SOCKETS,
						UpgradeAction.CLOSE)
				.rule(state, Set.of(UpgradeEvent.STRANGE, UpgradeEvent.TIMEOUT, UpgradeEvent.BROKEN),
						SuccessorState.FAILED, UpgradeAction.CLOSE_SOCKETS, UpgradeAction.SAY_FAILED,
						UpgradeAction.CLOSE);
		}
		// A predecessor that dies on the way leaves some sockets, and nobody else has
		// them.
		rules.rule(SuccessorState.RECEIVING, UpgradeEvent.LOST, SuccessorState.STARTING)
			.rule(SuccessorState.GREETED, UpgradeEvent.LOST, SuccessorState.FAILED, UpgradeAction.CLOSE)
			.rule(SuccessorState.GREETING, UpgradeEvent.LOST, SuccessorState.FAILED, UpgradeAction.CLOSE);
	}

	private static void starting(Transitions<SuccessorState> rules) {
		rules.rule(SuccessorState.STARTING, UpgradeEvent.READY, SuccessorState.PREPARED, UpgradeAction.SAY_PREPARED)
			.rule(SuccessorState.STARTING, UpgradeEvent.BROKEN, SuccessorState.FAILED, UpgradeAction.SAY_FAILED,
					UpgradeAction.CLOSE)
			.rule(SuccessorState.STARTING, UpgradeEvent.TOLD_TO_LEAVE, SuccessorState.LEAVING,
					UpgradeAction.SAY_LEAVING)
			.rule(SuccessorState.STARTING_ALONE, UpgradeEvent.READY, SuccessorState.ALONE, UpgradeAction.TAKE_OVER)
			.rule(SuccessorState.STARTING_ALONE, UpgradeEvent.BROKEN, SuccessorState.FAILED, UpgradeAction.CLOSE)
			.rule(SuccessorState.PREPARED, UpgradeEvent.HOLD, SuccessorState.PREPARED, UpgradeAction.WAIT_LONGER)
			.rule(SuccessorState.PREPARED, UpgradeEvent.COMMIT, SuccessorState.COMMITTED, UpgradeAction.TAKE_OVER)
			.rule(SuccessorState.PREPARED, UpgradeEvent.LOST, SuccessorState.ALONE, UpgradeAction.TAKE_OVER)
			.rule(SuccessorState.PREPARED, UpgradeEvent.ABORT, SuccessorState.FAILED, UpgradeAction.CLOSE)
			.rule(SuccessorState.PREPARED, Set.of(UpgradeEvent.STRANGE, UpgradeEvent.TIMEOUT, UpgradeEvent.BROKEN),
					SuccessorState.FAILED, UpgradeAction.SAY_FAILED, UpgradeAction.CLOSE)
			.rule(SuccessorState.PREPARED, UpgradeEvent.TOLD_TO_LEAVE, SuccessorState.LEAVING,
					UpgradeAction.SAY_LEAVING);
	}

	private static void serving(Transitions<SuccessorState> rules) {
		rules.rule(SuccessorState.COMMITTED, UpgradeEvent.ACCEPTING, SuccessorState.SERVING, UpgradeAction.SAY_SERVING)
			.rule(SuccessorState.SERVING, UpgradeEvent.HEARD, SuccessorState.SETTLED)
			.rule(SuccessorState.SERVING, UpgradeEvent.ABORT, SuccessorState.GIVING_UP, UpgradeAction.STOP_ACCEPTING,
					UpgradeAction.STOP_BACKGROUND)
			.rule(SuccessorState.GIVING_UP, UpgradeEvent.BACKGROUND_STOPPED, SuccessorState.FAILED,
					UpgradeAction.SAY_STOPPED);
		for (SuccessorState state : List.of(SuccessorState.SERVING, SuccessorState.SETTLED)) {
			rules.rule(state, UpgradeEvent.LOST, SuccessorState.ALONE, UpgradeAction.CLOSE);
		}
		// Closed by the end of the process alone: by then nothing runs in the background.
		for (SuccessorState state : List.of(SuccessorState.COMMITTED, SuccessorState.SERVING, SuccessorState.SETTLED)) {
			rules.rule(state, UpgradeEvent.TOLD_TO_LEAVE, SuccessorState.LEAVING, UpgradeAction.SAY_LEAVING)
				.rule(state, UpgradeEvent.BROKEN, SuccessorState.FAILED, UpgradeAction.SAY_FAILED);
		}
		rules.rule(SuccessorState.LEAVING, UpgradeEvent.TOLD_TO_STAY, SuccessorState.SETTLED,
				UpgradeAction.SAY_SERVING);
	}

}
