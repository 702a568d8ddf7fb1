package dev.pingora.spring.upgrade;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.pingora.spring.upgrade.Message.Verb;
import dev.pingora.spring.upgrade.Transitions.Transition;

/**
 * Both processes of an upgrade and the connection between them, as one value: what can
 * happen next is computed from the rules that the processes themselves follow.
 *
 * @param old the old process
 * @param next the new process
 * @param toNext the words on their way to the new process
 * @param toOld the words on their way to the old process
 * @param batches the messages with sockets that are still to be sent
 * @param saidServing whether the new process has said that it serves
 * @param excused whether the only process that could serve was killed or told to stop
 */
record ProtocolModel(Side<PredecessorState> old, Side<SuccessorState> next, List<String> toNext, List<String> toOld,
		int batches, boolean saidServing, boolean excused) {

	private static final String SOME_SOCKETS = "some sockets";

	private static final String LAST_SOCKET = "last socket";

	private static final Set<PredecessorState> OLD_HEARS = EnumSet.of(PredecessorState.GREETING,
			PredecessorState.OFFERING, PredecessorState.WAITING, PredecessorState.COMMITTED, PredecessorState.DRAINING,
			PredecessorState.FORSAKEN, PredecessorState.DRAINING_ALONE, PredecessorState.WITHDRAWN);

	private static final Set<PredecessorState> OLD_WAITS = EnumSet.of(PredecessorState.GREETING,
			PredecessorState.OFFERING, PredecessorState.WAITING, PredecessorState.COMMITTED);

	private static final Set<PredecessorState> OLD_KEEPS = EnumSet.of(PredecessorState.KEEPING,
			PredecessorState.WITHDRAWN, PredecessorState.FORSAKEN);

	private static final Set<SuccessorState> NEXT_HEARS = EnumSet.of(SuccessorState.GREETING, SuccessorState.GREETED,
			SuccessorState.RECEIVING, SuccessorState.PREPARED, SuccessorState.SERVING, SuccessorState.SETTLED,
			SuccessorState.LEAVING);

	private static final Set<SuccessorState> NEXT_WAITS = EnumSet.of(SuccessorState.GREETING, SuccessorState.GREETED,
			SuccessorState.RECEIVING, SuccessorState.PREPARED);

	static ProtocolModel begin() {
		return new ProtocolModel(new Side<>(PredecessorState.GREETING, true, true, true, true, false),
				new Side<>(SuccessorState.GREETING, true, true, false, false, false), List.of(), List.of("HELLO"), 2,
				false, false);
	}

	/**
	 * Return what follows by itself: what is heard, what takes its time, what times out.
	 */
	Map<String, ProtocolModel> progress() {
		Map<String, ProtocolModel> steps = new LinkedHashMap<>();
		if (this.old.alive()) {
			progressOfOld(steps);
		}
		if (this.next.alive()) {
			progressOfNext(steps);
		}
		steps.values().removeIf(this::equals);
		return steps;
	}

	private void progressOfOld(Map<String, ProtocolModel> steps) {
		PredecessorState state = this.old.state();
		if (OLD_HEARS.contains(state) && this.old.open()) {
			oldHears(steps);
		}
		if (OLD_WAITS.contains(state) && this.toOld.isEmpty()) {
			steps.put("old: time-out", old(UpgradeEvent.TIMEOUT));
		}
		if (state == PredecessorState.STOPPING) {
			steps.put("old: background stopped",
					with(this.old.background(false), this.next).old(UpgradeEvent.BACKGROUND_STOPPED));
			steps.put("old: background stubborn", old(UpgradeEvent.BACKGROUND_STUBBORN));
		}
		if (state == PredecessorState.DRAINING || state == PredecessorState.DRAINING_ALONE) {
			drained(steps);
		}
		if (state == PredecessorState.LEFT || (OLD_KEEPS.contains(state) && this.old.told())) {
			steps.put("old: exits", oldGone());
		}
	}

	/**
	 * What has come is heard before the drain ends: somebody listens all the time. The
	 * word that says that it has ended shows whether the other end is open.
	 */
	private void drained(Map<String, ProtocolModel> steps) {
		if (this.toOld.isEmpty()) {
			boolean lost = this.old.state() == PredecessorState.DRAINING && !this.next.open();
			steps.put("old: drained", old(lost ? UpgradeEvent.LOST : UpgradeEvent.DRAINED));
		}
	}

	private void oldHears(Map<String, ProtocolModel> steps) {
		if (!this.toOld.isEmpty()) {
			ProtocolModel heard = new ProtocolModel(this.old, this.next, this.toNext, rest(this.toOld), this.batches,
					this.saidServing, this.excused);
			steps.put("old: hears " + this.toOld.get(0), heard.oldHears(this.toOld.get(0)));
		}
		else if (!this.next.open()) {
			steps.put("old: hears the end", old(UpgradeEvent.LOST));
		}
	}

	private ProtocolModel oldHears(String word) {
		if (word.equals("RECEIVED") && this.old.state() == PredecessorState.OFFERING && this.batches > 0) {
			return sendBatch();
		}
		return old(event(UpgradeProtocol.PREDECESSOR, this.old.state(), word));
	}

	private static <S extends Enum<S>> UpgradeEvent event(Transitions<S> rules, S state, String word) {
		UpgradeEvent event = UpgradeEvent.of(Verb.valueOf(word));
		return (rules.find(state, event) != null) ? event : UpgradeEvent.STRANGE;
	}

	private ProtocolModel sendBatch() {
		String word = (this.batches > 1) ? SOME_SOCKETS : LAST_SOCKET;
		ProtocolModel sent = new ProtocolModel(this.old, this.next, this.toNext, this.toOld, this.batches - 1,
				this.saidServing, this.excused);
		return sent.sayToNext(word);
	}

	private ProtocolModel old(UpgradeEvent event) {
		Transition<PredecessorState> rule = UpgradeProtocol.PREDECESSOR.find(this.old.state(), event);
		if (rule == null) {
			return this;
		}
		ProtocolModel model = with(this.old.in(rule.to()), this.next);
		for (UpgradeAction action : rule.actions()) {
			model = model.oldDoes(action);
		}
		return model;
	}

	private ProtocolModel oldDoes(UpgradeAction action) {
		return switch (action) {
			case SEND_SOCKETS -> sendBatch();
			case CLOSE -> with(this.old.closed(), this.next).withoutWordsToOld();
			case STOP_ACCEPTING -> with(this.old.accepting(false), this.next);
			case START_BACKGROUND -> with(this.old.background(true), this.next);
			case ACCEPT_AGAIN -> with(this.old.accepting(true), this.next);
			case STOP_BACKGROUND -> this;
			default -> sayToNext(action.verb().name());
		};
	}

	private void progressOfNext(Map<String, ProtocolModel> steps) {
		SuccessorState state = this.next.state();
		if (NEXT_HEARS.contains(state) && this.next.open()) {
			nextHears(steps);
		}
		if (NEXT_WAITS.contains(state) && this.toNext.isEmpty() && this.old.open()) {
			steps.put("new: time-out", next(UpgradeEvent.TIMEOUT));
		}
		if (state == SuccessorState.STARTING) {
			steps.put("new: ready", next(UpgradeEvent.READY));
		}
		if (state == SuccessorState.COMMITTED && !this.next.told()) {
			steps.put("new: accepting", next(UpgradeEvent.ACCEPTING));
		}
		if (state == SuccessorState.GIVING_UP) {
			steps.put("new: background stopped",
					with(this.old, this.next.background(false)).next(UpgradeEvent.BACKGROUND_STOPPED));
			steps.put("new: background stubborn", nextGone());
		}
		if (state == SuccessorState.FAILED || this.next.told()) {
			steps.put("new: exits", nextGone());
		}
	}

	private void nextHears(Map<String, ProtocolModel> steps) {
		if (!this.toNext.isEmpty()) {
			ProtocolModel heard = new ProtocolModel(this.old, this.next, rest(this.toNext), this.toOld, this.batches,
					this.saidServing, this.excused);
			steps.put("new: hears " + this.toNext.get(0), heard.nextHears(this.toNext.get(0)));
		}
		else if (!this.old.open()) {
			steps.put("new: hears the end", next(UpgradeEvent.LOST));
		}
	}

	private ProtocolModel nextHears(String word) {
		return switch (word) {
			case SOME_SOCKETS -> next(UpgradeEvent.SOME_SOCKETS);
			case LAST_SOCKET -> next(UpgradeEvent.LAST_SOCKET);
			default -> next(event(UpgradeProtocol.SUCCESSOR, this.next.state(), word));
		};
	}

	private ProtocolModel next(UpgradeEvent event) {
		Transition<SuccessorState> rule = UpgradeProtocol.SUCCESSOR.find(this.next.state(), event);
		if (rule == null) {
			return this;
		}
		ProtocolModel model = with(this.old, this.next.in(rule.to()));
		for (UpgradeAction action : rule.actions()) {
			model = model.nextDoes(action);
		}
		return model;
	}

	private ProtocolModel nextDoes(UpgradeAction action) {
		return switch (action) {
			case CLOSE -> with(this.old, this.next.closed()).withoutWordsToNext();
			case STOP_ACCEPTING -> with(this.old, this.next.accepting(false));
			// One that was told to stop before that does not begin.
			case TAKE_OVER -> this.next.told() ? this : with(this.old, this.next.accepting(true).background(true));
			case STOP_BACKGROUND, CLOSE_SOCKETS, WAIT_LONGER -> this;
			default -> sayToOld(action.verb().name());
		};
	}

	/**
	 * Return what may happen besides: kills, failures, and orders of an operator.
	 */
	Map<String, ProtocolModel> faults() {
		Map<String, ProtocolModel> steps = new LinkedHashMap<>();
		if (this.old.alive()) {
			steps.put("old: killed", excuse(!nextCouldServe()).with(this.old.toldToStop(), this.next).oldGone());
			steps.put("old: called off", old(UpgradeEvent.ABORTED));
			steps.put("old: fails", old(UpgradeEvent.BROKEN));
			if (!this.old.told()) {
				steps.put("old: SIGTERM", oldToldToStop());
			}
		}
		if (this.next.alive()) {
			steps.put("new: killed", excuse(!oldCouldServe()).with(this.old, this.next.toldToStop()).nextGone());
			steps.put("new: fails", broken());
			if (!this.next.told()) {
				steps.put("new: SIGTERM", nextToldToStop());
			}
		}
		steps.values().removeIf(this::equals);
		return steps;
	}

	/**
	 * Before the commit the old process owns the sockets, and with it ends the server.
	 */
	private ProtocolModel oldToldToStop() {
		ProtocolModel told = with(this.old.toldToStop(), this.next).old(UpgradeEvent.ABORTED);
		boolean hasLeft = EnumSet.of(PredecessorState.DRAINING, PredecessorState.DRAINING_ALONE, PredecessorState.LEFT)
			.contains(this.old.state());
		return told.excuse(!hasLeft || !nextCouldServe());
	}

	private ProtocolModel nextToldToStop() {
		boolean owns = this.next.accepts() && this.next.state() != SuccessorState.COMMITTED;
		ProtocolModel told = with(this.old, this.next.toldToStop().accepting(false));
		return told.excuse(owns).next(UpgradeEvent.TOLD_TO_LEAVE);
	}

	private ProtocolModel broken() {
		boolean first = UpgradeProtocol.SUCCESSOR.find(this.next.state(), UpgradeEvent.BROKEN) != null;
		return (first ? excuse(!oldCouldServe()).with(this.old, this.next.accepting(false)) : this)
			.next(UpgradeEvent.BROKEN);
	}

	/**
	 * Return whether the new process takes over when the old one is killed now.
	 */
	private boolean nextCouldServe() {
		boolean has = !EnumSet
			.of(SuccessorState.GREETING, SuccessorState.GREETED, SuccessorState.FAILED, SuccessorState.LEAVING,
					SuccessorState.GIVING_UP)
			.contains(this.next.state());
		return this.next.alive() && has && !OLD_KEEPS.contains(this.old.state()) && !this.next.told();
	}

	/**
	 * Return whether the old process serves on when the new one is killed now.
	 */
	private boolean oldCouldServe() {
		return this.old.alive() && !this.old.told()
				&& !EnumSet.of(PredecessorState.LEFT, PredecessorState.DRAINING_ALONE).contains(this.old.state());
	}

	private ProtocolModel oldGone() {
		return with(this.old.gone(), this.next).withoutWordsToOld();
	}

	private ProtocolModel nextGone() {
		return with(this.old, this.next.gone()).withoutWordsToNext();
	}

	private ProtocolModel sayToNext(String word) {
		return (this.next.open() && this.old.open()) ? new ProtocolModel(this.old, this.next, more(this.toNext, word),
				this.toOld, this.batches, this.saidServing, this.excused) : this;
	}

	private ProtocolModel sayToOld(String word) {
		boolean serving = this.saidServing || word.equals("SERVING");
		List<String> words = (this.old.open() && this.next.open()) ? more(this.toOld, word) : this.toOld;
		return new ProtocolModel(this.old, this.next, this.toNext, words, this.batches, serving, this.excused);
	}

	private ProtocolModel with(Side<PredecessorState> newOld, Side<SuccessorState> newNext) {
		return new ProtocolModel(newOld, newNext, this.toNext, this.toOld, this.batches, this.saidServing,
				this.excused);
	}

	private ProtocolModel excuse(boolean more) {
		return new ProtocolModel(this.old, this.next, this.toNext, this.toOld, this.batches, this.saidServing,
				this.excused || more);
	}

	private ProtocolModel withoutWordsToOld() {
		return new ProtocolModel(this.old, this.next, this.toNext, List.of(), this.batches, this.saidServing,
				this.excused);
	}

	private ProtocolModel withoutWordsToNext() {
		return new ProtocolModel(this.old, this.next, List.of(), this.toOld, this.batches, this.saidServing,
				this.excused);
	}

	private static List<String> rest(List<String> words) {
		return List.copyOf(words.subList(1, words.size()));
	}

	private static List<String> more(List<String> words, String word) {
		List<String> longer = new ArrayList<>(words);
		longer.add(word);
		return List.copyOf(longer);
	}

	/**
	 * Return every value that can be reached, with one way to it.
	 */
	static Map<ProtocolModel, List<String>> explore() {
		Map<ProtocolModel, List<String>> reached = new LinkedHashMap<>();
		Deque<ProtocolModel> open = new ArrayDeque<>();
		reached.put(begin(), List.of());
		open.add(begin());
		while (!open.isEmpty()) {
			ProtocolModel model = open.remove();
			Map<String, ProtocolModel> steps = model.progress();
			steps.putAll(model.faults());
			steps.forEach((name, step) -> {
				if (!reached.containsKey(step)) {
					reached.put(step, more(reached.get(model), name));
					open.add(step);
				}
			});
		}
		return reached;
	}

	/**
	 * One of the processes.
	 *
	 * @param state its state
	 * @param alive whether it lives
	 * @param open whether its end of the connection is open
	 * @param accepts whether it accepts connections
	 * @param background whether its background services may run
	 * @param told whether it was killed or told to stop
	 * @param <S> the states
	 */
	record Side<S>(S state, boolean alive, boolean open, boolean accepts, boolean background, boolean told) {

		Side<S> in(S newState) {
			return new Side<>(newState, this.alive, this.open, this.accepts, this.background, this.told);
		}

		Side<S> closed() {
			return new Side<>(this.state, this.alive, false, this.accepts, this.background, this.told);
		}

		Side<S> accepting(boolean newAccepts) {
			return new Side<>(this.state, this.alive, this.open, newAccepts, this.background, this.told);
		}

		Side<S> background(boolean newBackground) {
			return new Side<>(this.state, this.alive, this.open, this.accepts, newBackground, this.told);
		}

		Side<S> toldToStop() {
			return new Side<>(this.state, this.alive, this.open, this.accepts, this.background, true);
		}

		Side<S> gone() {
			return new Side<>(this.state, false, false, false, false, this.told);
		}

		boolean serves() {
			return this.alive && this.accepts && this.background;
		}

	}

}
