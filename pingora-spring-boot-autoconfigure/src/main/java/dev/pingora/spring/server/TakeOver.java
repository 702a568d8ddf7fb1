package dev.pingora.spring.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListeningSockets;
import dev.pingora.spring.listen.SeenRequest;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The new process's side of one upgrade. At a cold start there is nobody to take over
 * from, and every step is done at once.
 */
final class TakeOver {

	private static final Logger logger = LoggerFactory.getLogger(TakeOver.class);

	private final @Nullable Predecessor predecessor;

	private final List<InheritedSocket> activated = new ArrayList<>();

	private @Nullable ListeningSockets sockets;

	private final UpgradeHistory history;

	private final Counts counts;

	private volatile int generation = 1;

	private @Nullable UpgradeAttempt attempt;

	private volatile Spread spread = Spread.AT_ONCE;

	/**
	 * The turns that are agreed on, or {@code null} where there are to be none.
	 */
	private final CompletableFuture<@Nullable Turns> turns = new CompletableFuture<>();

	private volatile Map<String, List<SeenRequest>> seen = Map.of();

	TakeOver(@Nullable Predecessor predecessor, UpgradeHistory history, Counts counts) {
		this.predecessor = predecessor;
		this.history = history;
		this.counts = counts;
	}

	boolean isSuccessor() {
		return this.predecessor != null;
	}

	boolean isWaiting() {
		return this.predecessor != null && !this.predecessor.hasConnected();
	}

	int generation() {
		return this.generation;
	}

	/**
	 * Return the sockets that are there to be claimed, as soon as they have come.
	 */
	synchronized ListeningSockets sockets() {
		if (this.sockets == null) {
			this.sockets = new ListeningSockets(inherit());
		}
		return this.sockets;
	}

	synchronized void inherit(List<InheritedSocket> more) {
		this.activated.addAll(more);
	}

	private List<InheritedSocket> inherit() {
		if (this.predecessor == null) {
			return this.activated;
		}
		List<InheritedSocket> inherited = new ArrayList<>(this.predecessor.sockets());
		inherited.addAll(this.activated);
		this.generation = this.predecessor.generation() + 1;
		Bequest bequest = Bequest.parse(this.predecessor.greeting());
		this.history.inherit(bequest.upgrades());
		this.seen = bequest.seen();
		return inherited;
	}

	/**
	 * Close what was inherited and is not configured here.
	 * @return the names of these sockets
	 */
	synchronized List<String> closeUnclaimed() {
		List<InheritedSocket> closed = (this.sockets != null) ? this.sockets.closeUnclaimed() : List.of();
		closed
			.forEach((socket) -> logger.info("Closed {}, which is inherited and no longer configured", socket.name()));
		return closed.stream().map(InheritedSocket::name).toList();
	}

	/**
	 * Return what the predecessor was asked most, by service.
	 */
	Map<String, List<SeenRequest>> seen() {
		return this.seen;
	}

	/**
	 * Call back when the predecessor says something, or is gone, before it is asked to
	 * commit.
	 */
	void onWord(Runnable callback) {
		if (this.predecessor != null) {
			this.predecessor.onWord(callback);
		}
	}

	/**
	 * Say that this process could accept, and wait for the word to do so.
	 * @param warmUp how long the warm-up took
	 */
	void awaitCommit(Duration warmUp) {
		if (this.predecessor != null) {
			String line = this.predecessor.awaitCommit(warmUp);
			this.spread = Spread.parse(line);
			Bequest bequest = Bequest.parse(line);
			this.counts.add(bequest.counts());
			bequest.upgrades().forEach((noted) -> this.attempt = this.history.resume(noted));
		}
	}

	/**
	 * Get ready to take turns before this process says that it is prepared, so that the
	 * thread that does is one of those that are on time from then on.
	 */
	void awaitTurns() {
		if (this.predecessor != null) {
			Thread thread = new Thread(() -> {
				Turns agreed = this.turns.join();
				if (agreed != null) {
					take(agreed);
				}
			}, "pingora-turns");
			thread.setDaemon(true);
			thread.start();
		}
	}

	/**
	 * Return whether a predecessor leaves its traffic bit by bit, so that this process
	 * accepts only when it is its turn.
	 */
	boolean takesTurns() {
		return !this.spread.isAtOnce();
	}

	/**
	 * Take turns in accepting with a predecessor that leaves its traffic bit by bit.
	 * @param shared the listeners that accept in both processes
	 */
	void takeTurns(List<Listener> shared) {
		this.turns.complete(shared.isEmpty() ? null : Turns.ofSuccessor(this.spread, shared));
	}

	private static void take(Turns turns) {
		try {
			turns.take((share) -> {
			});
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Leave the doors to somebody else from now on.
	 */
	void endTurns() {
		this.turns.complete(null);
		end(Turns::end);
	}

	/**
	 * Leave the doors to somebody else from now on, and open, so that what waits behind
	 * them is served though it was not this process's turn.
	 */
	void endTurnsOpen() {
		this.turns.complete(null);
		end((begun) -> begun.end(true));
	}

	private void end(Consumer<Turns> end) {
		Turns begun = this.turns.getNow(null);
		if (begun != null) {
			end.accept(begun);
		}
	}

	void serving(List<String> unwanted, Consumer<String> onAbort) {
		if (this.predecessor != null) {
			if (this.attempt != null) {
				this.attempt.completed(UpgradeStep.COMMIT);
				this.history.end(this.attempt, UpgradeOutcome.SUCCEEDED, null);
			}
			this.predecessor.serving(unwanted, onAbort, this::endTurnsOpen, this::predecessorDrained);
		}
	}

	private void predecessorDrained(String lastWord) {
		Bequest bequest = Bequest.parse(lastWord);
		this.counts.add(bequest.counts());
		bequest.upgrades().forEach(this.history::replace);
	}

	/**
	 * Return the predecessor as it is seen from here.
	 */
	@Nullable PeerReport report() {
		Long pid = (this.predecessor != null) ? this.predecessor.pid() : null;
		if (this.predecessor == null || pid == null) {
			return null;
		}
		PeerState state = (this.attempt != null) ? PeerState.DRAINING : PeerState.HANDING_OVER;
		return new PeerReport(pid, this.predecessor.hasLeft() ? PeerState.LEFT : state);
	}

	/**
	 * Hand over in turn: wait until a predecessor cannot take its sockets back any more,
	 * and tell it not to take the place of this process, for which another one cares.
	 */
	void sayHandingOn() throws InterruptedException {
		if (this.predecessor != null) {
			if (!this.predecessor.awaitSettled()) {
				throw new UpgradeException("The predecessor has not confirmed that this process serves");
			}
			this.predecessor.leave();
		}
	}

	/**
	 * Tell a predecessor that took its sockets back that nothing runs here any more.
	 */
	void sayStopped() {
		if (this.predecessor != null) {
			this.predecessor.stopped();
		}
	}

	/**
	 * Tell a predecessor that still drains to take the traffic back all the same.
	 */
	void sayStaying() {
		if (this.predecessor != null) {
			this.predecessor.stay();
		}
	}

	/**
	 * Tell a predecessor that still drains not to take the traffic back.
	 */
	void sayLeaving() {
		if (this.predecessor != null) {
			this.predecessor.leave();
		}
	}

	void close() {
		endTurns();
		if (this.predecessor != null) {
			this.predecessor.close();
		}
	}

}
