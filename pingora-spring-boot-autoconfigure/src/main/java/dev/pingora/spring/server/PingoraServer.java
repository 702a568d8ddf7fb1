package dev.pingora.spring.server;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListeningSocket;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.Successor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server that owns many services: it starts them on their listeners, hands these to a
 * successor, and drains.
 */
public final class PingoraServer {

	private static final Logger logger = LoggerFactory.getLogger(PingoraServer.class);

	private static final Set<ExecutionPhase> STARTED = EnumSet.of(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED,
			ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER);

	private final ServerSettings settings;

	private final TakeOver takeOver;

	private final IntConsumer exit;

	private final Phases phases = new Phases();

	private final Listeners listeners = new Listeners();

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final AtomicReference<@Nullable HandOver> handOver = new AtomicReference<>();

	/**
	 * The listeners whose sockets no other process has, as far as this one knows: a
	 * successor's inherited ones belong to its predecessor until the commit.
	 */
	private volatile Collection<Listener> ours = List.of();

	/**
	 * Create a server that has not started.
	 * @param settings how it hands over and drains
	 * @param predecessor the process that it takes over from, or {@code null} at a cold
	 * start
	 * @param exit ends the JVM with an exit code
	 */
	public PingoraServer(ServerSettings settings, @Nullable Predecessor predecessor, IntConsumer exit) {
		this.settings = settings;
		this.takeOver = new TakeOver(predecessor);
		this.exit = exit;
	}

	/**
	 * Return the current phase.
	 * @return the phase
	 */
	public ExecutionPhase phase() {
		return this.phases.current();
	}

	/**
	 * Return how many processes this server has been, this one included.
	 * @return 1 for a cold start, and one more with every upgrade
	 */
	public int generation() {
		return this.takeOver.generation();
	}

	/**
	 * Return the listeners.
	 * @return the listeners, in the order of the configuration; none before the start
	 */
	public List<Listener> listeners() {
		return this.listeners.all();
	}

	/**
	 * Tell a listener of every phase from now on.
	 * @param listener the listener
	 */
	public void addPhaseListener(ExecutionPhaseListener listener) {
		this.phases.add(listener);
	}

	/**
	 * Claim the listening socket of an address: the inherited one, or else a new one. A
	 * successor waits here for the sockets.
	 * @param address the configured address
	 * @param options how to open a new socket
	 * @return the socket, or {@code null} where this JVM cannot adopt sockets
	 * @throws UpgradeException if this is a successor and no predecessor hands over
	 */
	public @Nullable ListeningSocket claim(ListenAddress address, SocketOptions options) {
		if (!EventLoops.canAdopt()) {
			return null;
		}
		this.phases.change(ExecutionPhase.SETUP, ExecutionPhase.BOOTSTRAP);
		return this.takeOver.sockets().claim(address, options);
	}

	/**
	 * Add a listener of a server that is not one of our services.
	 * @param listener the listener, whose socket was {@linkplain #claim claimed} here
	 */
	public void add(Listener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Say that a server of the application cannot be a listener. It starts as without us,
	 * unless this process was to take over.
	 * @param reason why, in one sentence
	 * @throws UpgradeException if this is a successor
	 */
	public void refuse(String reason) {
		if (this.takeOver.isSuccessor()) {
			throw new UpgradeException(reason);
		}
		logger.warn("{}: the application's own web server is neither handed over nor drained", reason);
	}

	/**
	 * Put the services on their listening sockets. Nothing is accepted yet.
	 * @param plans the services
	 */
	public void start(List<ServicePlan> plans) {
		if (this.takeOver.isWaiting()) {
			Rehearsal.run(plans);
		}
		if (!plans.isEmpty()) {
			this.phases.change(ExecutionPhase.SETUP, ExecutionPhase.BOOTSTRAP);
		}
		for (ServicePlan plan : plans) {
			this.listeners.open(plan, (address) -> claim(address, plan.options()));
		}
		this.ours = this.takeOver.isSuccessor() ? this.listeners.opened() : this.listeners.all();
		this.listeners.log();
	}

	/**
	 * Keep the JVM up, because event loops are daemon threads, and be prepared for the
	 * first upgrade.
	 */
	private void keepAlive() {
		try {
			if (EventLoops.canAdopt()) {
				Successor.prepare();
			}
			this.stopped.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Accept, because the application is ready. A successor waits for its predecessor's
	 * word first.
	 * @throws UpgradeException if the predecessor takes its sockets back
	 */
	public void ready() {
		List<String> unwanted = this.takeOver.closeUnclaimed();
		this.phases.change(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED);
		this.takeOver.awaitCommit();
		this.ours = this.listeners.all();
		this.listeners.accept();
		this.phases.change(ExecutionPhase.PREPARED, ExecutionPhase.RUNNING);
		new Thread(this::keepAlive, "pingora-server").start();
		this.takeOver.serving(unwanted, this::giveUp);
	}

	private void giveUp(String reason) {
		logger.error("The predecessor took its sockets back: {}", reason);
		this.ours = List.of();
		drainAndExit(false, 1);
	}

	/**
	 * Hand the listening sockets to a successor, drain, and exit with 0. When that fails
	 * the server goes on serving.
	 * @return whether a successor serves now
	 */
	public boolean upgrade() {
		if (!EventLoops.canAdopt()) {
			logger.error("Upgrade refused: it needs Linux with native epoll");
			return false;
		}
		HandOver attempt = new HandOver(this.settings);
		boolean alone = this.handOver.compareAndSet(null, attempt);
		try {
			if (alone && this.phases.change(ExecutionPhase.RUNNING, ExecutionPhase.HANDING_OVER)) {
				return handOver(attempt);
			}
			logger.warn("Upgrade refused: the server is in phase {}", phase());
			return false;
		}
		finally {
			attempt.end();
			this.handOver.compareAndSet(attempt, null);
		}
	}

	private boolean handOver(HandOver attempt) {
		try {
			HandOver.Outcome outcome = attempt.run(this.listeners.sockets(), generation());
			attempt.end();
			this.ours = this.listeners.named(outcome.unwanted());
			leave(outcome.successor());
			return true;
		}
		catch (UpgradeException ex) {
			logger.error("Upgrade failed, this process goes on serving: {}", ex.getMessage());
			this.phases.change(ExecutionPhase.HANDING_OVER, ExecutionPhase.RUNNING);
			return false;
		}
	}

	private void leave(Successor successor) {
		if (!this.phases.change(ExecutionPhase.HANDING_OVER, ExecutionPhase.DRAINING)) {
			return;
		}
		this.takeOver.sayLeaving();
		Thread drain = Thread.currentThread();
		successor.onLost(drain::interrupt);
		try {
			drain(this.settings.drainTimeout());
			successor.close();
			this.exit.accept(0);
		}
		catch (InterruptedException ex) {
			takeBack();
		}
	}

	private void takeBack() {
		logger.error("The successor is gone: this process takes the traffic back");
		this.ours = this.listeners.all();
		this.listeners.accept();
		this.phases.change(ExecutionPhase.DRAINING, ExecutionPhase.RUNNING);
	}

	/**
	 * Drain within the grace period, and exit with the code of SIGTERM.
	 * @param exitCode the exit code
	 */
	public void terminate(int exitCode) {
		drainAndExit(true, exitCode);
	}

	private void drainAndExit(boolean leaving, int exitCode) {
		try {
			abortHandOver("the predecessor was told to terminate");
			if (!this.phases.change(STARTED, ExecutionPhase.DRAINING)) {
				logger.info("The server is in phase {} already", phase());
				return;
			}
			if (leaving) {
				this.takeOver.sayLeaving();
			}
			drain(this.settings.gracePeriod());
		}
		catch (InterruptedException ex) {
			logger.warn("The drain was interrupted");
		}
		this.exit.accept(exitCode);
	}

	private void abortHandOver(String reason) throws InterruptedException {
		HandOver current = this.handOver.get();
		if (current != null) {
			current.abort(reason);
		}
	}

	private void drain(Duration timeout) throws InterruptedException {
		for (Listener listener : this.listeners.all()) {
			if (this.ours.contains(listener)) {
				listener.drainAndRefuse();
			}
			else {
				listener.drain();
			}
		}
		new Drain(this.listeners.all()).run(timeout);
	}

	/**
	 * Close everything at once; exchanges are cut off.
	 */
	public void interrupt() {
		this.takeOver.sayLeaving();
		this.listeners.all().forEach(Listener::cutOff);
		close();
	}

	/**
	 * Drain within the grace period if that has not been done, and close everything.
	 */
	public void stop() {
		try {
			abortHandOver("the application is closing");
			if (this.phases.change(STARTED, ExecutionPhase.DRAINING)) {
				drain(this.settings.gracePeriod());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		close();
	}

	private void close() {
		this.phases.change(EnumSet.complementOf(EnumSet.of(ExecutionPhase.TERMINATED)), ExecutionPhase.TERMINATED);
		this.listeners.close(this.ours);
		this.takeOver.close();
		this.stopped.countDown();
	}

}
