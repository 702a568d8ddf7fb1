package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Dialogue.Heard;
import dev.pingora.spring.upgrade.Message.Verb;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The old process, seen from the new one.
 */
public final class Predecessor implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Predecessor.class);

	private final Candidates candidates;

	private final UpgradeTimeouts timeouts;

	private final PredecessorWatch watch = new PredecessorWatch();

	private Predecessor(Candidates candidates, UpgradeTimeouts timeouts) {
		this.candidates = candidates;
		this.timeouts = timeouts;
	}

	/**
	 * Listen for the old process, and receive its sockets in the background.
	 * @param socket where to listen
	 * @param timeouts how long to wait
	 * @return the old process, which may not have connected yet
	 * @throws UpgradeException if the socket cannot be listened on
	 */
	public static Predecessor listen(UpgradeSocket socket, UpgradeTimeouts timeouts) {
		try {
			Candidates candidates = new Candidates(UpgradeServer.open(socket), timeouts);
			candidates.start();
			logger.info("Waiting for the predecessor on '{}'", socket.path());
			return new Predecessor(candidates, timeouts);
		}
		catch (IOException ex) {
			throw new UpgradeException(
					"Cannot listen on 'pingora.upgrade.sock' ('%s'): %s".formatted(socket.path(), ex.getMessage()), ex);
		}
	}

	/**
	 * Return whether the sockets of the old process are here.
	 * @return whether {@link #sockets()} would not wait
	 */
	public boolean hasConnected() {
		return this.candidates.isChosen();
	}

	/**
	 * Return the sockets that the old process handed over, as soon as they are here.
	 * @return the sockets, which belong to this process now
	 * @throws UpgradeException if none came in time
	 */
	public List<InheritedSocket> sockets() {
		return this.candidates.await().sockets();
	}

	private @Nullable Hello hello() {
		Candidate chosen = this.candidates.chosen();
		return (chosen != null) ? chosen.hello() : null;
	}

	private @Nullable Dialogue<SuccessorState> dialogue() {
		Candidate chosen = this.candidates.chosen();
		return (chosen != null) ? chosen.dialogue() : null;
	}

	/**
	 * Return the generation of the old process.
	 * @return its generation, 1 if it did not say
	 */
	public int generation() {
		Hello said = hello();
		return (said != null) ? said.generation() : 1;
	}

	/**
	 * Return the process id that the old process says it has.
	 * @return its pid, or {@code null} as long as it is not known
	 */
	public @Nullable Long pid() {
		Hello said = hello();
		return (said != null) ? said.pid() : null;
	}

	/**
	 * Return what else the old process said in its greeting.
	 * @return a line that may be empty
	 */
	public String greeting() {
		Hello said = hello();
		return (said != null) ? said.more() : "";
	}

	/**
	 * Return whether the old process has served here and is gone.
	 * @return whether its connection has ended
	 */
	public boolean hasLeft() {
		return this.watch.hasLeft();
	}

	/**
	 * Listen to the old process from now on, while this one goes on with its start.
	 * @param onWord called when the old process says something before it is asked, or is
	 * gone: there is no need to go on
	 */
	public void onWord(Runnable onWord) {
		Dialogue<SuccessorState> dialogue = dialogue();
		if (dialogue != null && hello() != null) {
			dialogue.listenAhead(onWord);
		}
	}

	/**
	 * Say that this process could accept at once, and wait for the word to do so. When
	 * the old process is gone the word will not come and nobody else would accept.
	 * @param warmUp how long the warm-up took
	 * @return what else the old process said with its word, a line that may be empty
	 * @throws UpgradeException if the old process takes its sockets back, or stays silent
	 */
	public String awaitCommit(Duration warmUp) {
		Dialogue<SuccessorState> dialogue = dialogue();
		if (dialogue == null) {
			return "";
		}
		dialogue.on(UpgradeEvent.READY, WarmUpText.of(warmUp));
		Duration patience = this.timeouts.answer();
		String said = "";
		while (dialogue.state() == SuccessorState.PREPARED) {
			Heard heard = dialogue.hear(Verb.COMMIT, patience);
			said = heard.text();
			if (heard.actions().contains(UpgradeAction.WAIT_LONGER)) {
				patience = this.timeouts.answer().plus(held(said));
			}
		}
		return outcome(dialogue, said);
	}

	private String outcome(Dialogue<SuccessorState> dialogue, String said) {
		switch (dialogue.state()) {
			case COMMITTED -> {
				return said;
			}
			case ALONE -> {
				this.watch.settle();
				logger.warn("{}: this process takes over", (hello() != null)
						? "The predecessor is gone before its COMMIT" : "The predecessor waits for no word");
				return "";
			}
			case LEAVING -> {
				return "";
			}
			default -> throw dialogue.failure();
		}
	}

	private static Duration held(String text) {
		return Duration.ofMillis(text.matches("\\d{1,8}") ? Long.parseLong(text) : 0);
	}

	/**
	 * Say that this process accepts, and watch the old one leave.
	 * @param unwanted the names of the sockets that this process does not serve
	 * @param onAbort called when the old process did not hear of it in time and took its
	 * sockets back
	 * @param onAlone called when the old process accepts no more
	 * @param onDrained called with what the old process says when its last connection has
	 * ended
	 */
	public void serving(List<String> unwanted, Consumer<String> onAbort, Runnable onAlone, Consumer<String> onDrained) {
		Dialogue<SuccessorState> dialogue = dialogue();
		Long pid = pid();
		if (dialogue == null || pid == null) {
			this.watch.settle();
			onAlone.run();
			return;
		}
		dialogue.on(UpgradeEvent.ACCEPTING, String.join(" ", unwanted));
		this.watch.start(dialogue, pid, onAbort, onAlone, onDrained);
	}

	/**
	 * Wait until the old process has heard that this one serves, so that it cannot take
	 * its sockets back any more.
	 * @return whether it has, or is gone
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public boolean awaitSettled() throws InterruptedException {
		return this.watch.awaitSettled(this.timeouts.answer());
	}

	/**
	 * Say that this process leaves because it was told to, or hands over in its turn: the
	 * old one shall not take its sockets back.
	 */
	public void leave() {
		happen(UpgradeEvent.TOLD_TO_LEAVE);
	}

	/**
	 * Say that this process did not leave: the old one shall take its sockets back after
	 * all if this one dies.
	 */
	public void stay() {
		happen(UpgradeEvent.TOLD_TO_STAY);
	}

	/**
	 * Say that nothing runs in the background of this process, which has given up.
	 */
	public void stopped() {
		happen(UpgradeEvent.BACKGROUND_STOPPED);
	}

	private void happen(UpgradeEvent event) {
		Dialogue<SuccessorState> dialogue = dialogue();
		if (dialogue != null) {
			dialogue.on(event, "");
		}
	}

	/**
	 * Say that this process gives up.
	 * @param reason why, in one sentence
	 */
	public void fail(String reason) {
		Dialogue<SuccessorState> dialogue = dialogue();
		if (dialogue != null) {
			dialogue.on(UpgradeEvent.BROKEN, new UpgradeException(reason));
		}
		this.candidates.close();
	}

	@Override
	public void close() {
		this.watch.close();
		this.candidates.close();
		Dialogue<SuccessorState> dialogue = dialogue();
		if (dialogue != null) {
			dialogue.close();
		}
	}

}
