package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Dialogue.Heard;
import dev.pingora.spring.upgrade.Message.Verb;
import org.newsclub.net.unix.AFUNIXSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The new process, seen from the old one.
 */
public final class Successor implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Successor.class);

	private final Dialogue<PredecessorState> dialogue;

	private final UpgradeTimeouts timeouts;

	private final BackgroundWork background;

	private final Hello hello;

	private final SuccessorWatch watch;

	private Successor(Dialogue<PredecessorState> dialogue, UpgradeTimeouts timeouts, BackgroundWork background,
			Hello hello) {
		this.dialogue = dialogue;
		this.timeouts = timeouts;
		this.background = background;
		this.hello = hello;
		this.watch = new SuccessorWatch(dialogue, background);
	}

	/**
	 * Load the native code of upgrades, which takes longer than the hand-over itself.
	 */
	public static void prepare() {
		logger.debug("Unix sockets can be used: {}", AFUNIXSocket.isSupported());
	}

	/**
	 * Connect to the new process, as soon as it listens.
	 * @param socket where it listens
	 * @param timeouts how long to wait
	 * @param generation the generation of this process
	 * @param more what else to tell, in one line that may be empty
	 * @param background what works in the background of this process
	 * @param compatibility what to make of a new process that does not greet
	 * @return the new process
	 * @throws UpgradeException if there is none, or if it is not one of ours
	 * @throws InterruptedException if the upgrade is called off
	 */
	public static Successor await(UpgradeSocket socket, UpgradeTimeouts timeouts, int generation, String more,
			BackgroundWork background, Compatibility compatibility) throws InterruptedException {
		UpgradeConnection connection = connect(socket, timeouts);
		connection.expectLines();
		Dialogue<PredecessorState> dialogue = new Dialogue<>(connection, UpgradeProtocol.PREDECESSOR,
				PredecessorState.GREETING, "successor");
		try {
			Message message = connection.receive(Verb.HELLO.name(), timeouts.answer());
			Hello hello = (message.verb() == Verb.HELLO) ? Hello.parse(message) : Hello.UNKNOWN;
			dialogue.heard(message, Verb.HELLO.name(), Hello.ofThisProcess(generation, more).text());
			return new Successor(dialogue, timeouts, background, hello).expect(PredecessorState.OFFERING);
		}
		catch (SilenceException ex) {
			if (compatibility == Compatibility.PINGORA) {
				dialogue.on(UpgradeEvent.SILENCE, "");
				return new Successor(dialogue, timeouts, background, Hello.of(connection.peerPid()));
			}
			dialogue.heard(ex);
			throw ex;
		}
		catch (UpgradeException ex) {
			dialogue.heard(ex);
			throw ex;
		}
	}

	private static UpgradeConnection connect(UpgradeSocket socket, UpgradeTimeouts timeouts)
			throws InterruptedException {
		try {
			return socket.connect(timeouts.connect());
		}
		catch (IOException ex) {
			throw new UpgradeException("Cannot connect to '%s': %s".formatted(socket.path(), ex.getMessage()), ex);
		}
	}

	/**
	 * Make sure that the upgrade goes on.
	 */
	private Successor expect(PredecessorState state) {
		if (this.dialogue.state() != state) {
			throw this.dialogue.failure();
		}
		return this;
	}

	private Heard hear(Verb verb, Duration timeout) {
		Heard heard = this.dialogue.hear(verb, timeout);
		perform(heard.actions());
		return heard;
	}

	private void perform(List<UpgradeAction> actions) {
		if (actions.contains(UpgradeAction.START_BACKGROUND)) {
			this.background.start();
		}
	}

	/**
	 * Return the process id that the new process says it has.
	 * @return its pid
	 */
	public long pid() {
		return this.hello.pid();
	}

	/**
	 * Hand over sockets. They stay open here.
	 * @param sockets the name and the descriptor of each
	 * @throws UpgradeException if the new process does not confirm them
	 */
	public void handOver(List<InheritedSocket> sockets) {
		new SocketOffer(this.dialogue, this.timeouts.answer()).send(sockets);
		expect(PredecessorState.WAITING);
	}

	private UpgradeException end(UpgradeEvent event, UpgradeException reason) {
		perform(this.dialogue.on(event, reason));
		return this.dialogue.failure();
	}

	/**
	 * Wait until the new process could accept at once.
	 * @return how long it says that its warm-up took
	 * @throws UpgradeException if it fails, is gone, or is not prepared in time
	 */
	public Duration awaitPrepared() {
		String said = "";
		try {
			Message message = this.dialogue.connection().receive(Verb.PREPARED.name(), this.timeouts.ready());
			said = message.text();
			long hold = this.background.stopTime().toMillis();
			this.dialogue.heard(message, Verb.PREPARED.name(), Long.toString(hold));
		}
		catch (UpgradeException ex) {
			this.dialogue.heard(ex);
		}
		expect(PredecessorState.STOPPING);
		return WarmUpText.parse(said);
	}

	/**
	 * Stop what works in the background here, tell the new process to accept, and wait
	 * until it does.
	 * @param more what else to tell, in one line that may be empty
	 * @return the names of the sockets that it does not want
	 * @throws UpgradeException if it does not say so in time; this process goes on then
	 * @throws InterruptedException if the upgrade is called off
	 */
	public List<String> commit(Supplier<String> more) throws InterruptedException {
		try {
			this.background.stop();
		}
		catch (UpgradeException ex) {
			throw end(UpgradeEvent.BACKGROUND_STUBBORN, ex);
		}
		perform(this.dialogue.on(UpgradeEvent.BACKGROUND_STOPPED, more.get()));
		expect(PredecessorState.COMMITTED);
		Heard heard = hear(Verb.SERVING, this.timeouts.answer());
		if (this.dialogue.state() == PredecessorState.WITHDRAWN) {
			UpgradeException reason = this.dialogue.failure();
			this.watch.start();
			throw reason;
		}
		expect(PredecessorState.DRAINING);
		return List.of(heard.text().split(" "));
	}

	/**
	 * Return whether the new process is a Pingora, which says no word.
	 * @return whether it is to be {@linkplain #trust trusted}
	 */
	public boolean isSilent() {
		return this.dialogue.state() == PredecessorState.RELEASING;
	}

	/**
	 * Stop what works in the background here, and hand over sockets as Pingora does.
	 * Nothing tells whether the new process serves.
	 * @param sockets the name and the descriptor of each
	 * @throws UpgradeException if they cannot be sent; this process goes on then
	 * @throws InterruptedException if the upgrade is called off
	 */
	public void trust(List<InheritedSocket> sockets) throws InterruptedException {
		perform(new PingoraHandOver(this.dialogue).send(sockets, this.background));
		expect(PredecessorState.TRUSTING);
	}

	/**
	 * Give the new process the time to begin that Pingora gives. This process accepts
	 * meanwhile.
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public void giveTime() throws InterruptedException {
		new PingoraHandOver(this.dialogue).giveTime(pid());
	}

	/**
	 * Call the upgrade off, unless it has committed.
	 * @param reason why, in one sentence
	 * @return whether it was called off; this process goes on then
	 */
	public boolean abort(String reason) {
		List<UpgradeAction> actions;
		synchronized (this.dialogue) {
			actions = this.dialogue.on(UpgradeEvent.ABORTED, new UpgradeException(reason));
			if (this.dialogue.state() != PredecessorState.KEEPING) {
				return false;
			}
		}
		perform(actions);
		return true;
	}

	/**
	 * Take the sockets back from a new process that has been told to accept and may do so
	 * already, because this one has failed. Nothing happens at any other time.
	 * @param reason why, in one sentence
	 */
	public void withdraw(String reason) {
		synchronized (this.dialogue) {
			if (this.dialogue.state() != PredecessorState.COMMITTED) {
				return;
			}
			this.dialogue.on(UpgradeEvent.BROKEN, new UpgradeException(reason));
		}
		this.watch.start();
	}

	/**
	 * Return whether the new process has said that it serves.
	 * @return whether it has, so that this process is to drain
	 */
	public boolean isServing() {
		return this.dialogue.state() == PredecessorState.DRAINING;
	}

	/**
	 * Return whether this process serves again although the new process may have begun to
	 * serve, and is not known to have stopped.
	 * @return whether no other upgrade should begin
	 */
	public boolean isLingering() {
		PredecessorState state = this.dialogue.state();
		return state == PredecessorState.WITHDRAWN || state == PredecessorState.FORSAKEN;
	}

	/**
	 * Say that the last connection of this process has ended.
	 * @param more what else to tell, in one line that may be empty
	 * @return whether this process may leave; otherwise the new one has failed, or is
	 * gone, and {@link #onGone} tells
	 */
	public boolean drained(String more) {
		this.watch.perform(this.dialogue.on(UpgradeEvent.DRAINED, more));
		return this.dialogue.state() == PredecessorState.LEFT;
	}

	/**
	 * Say that this process accepts no more, after both did.
	 */
	public void draining() {
		this.dialogue.on(UpgradeEvent.DRAINING, "");
	}

	/**
	 * Call back, on a thread of its own, when the new process goes.
	 * @param onLost called when it has failed, or is gone without having said that it
	 * leaves, once at the most
	 * @param onLeaving called when it says that it leaves
	 */
	public void onGone(Runnable onLost, Runnable onLeaving) {
		this.watch.start(onLost, onLeaving);
	}

	/**
	 * Leave. A thread that still waited in native code would delay the exit of the JVM by
	 * 300 ms.
	 */
	@Override
	public void close() {
		this.dialogue.close();
	}

}
