package dev.pingora.spring.server;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListeningSocket;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.Successor;
import dev.pingora.spring.upgrade.UpgradeException;
import dev.pingora.spring.warmup.WarmUpGate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server that owns many services: it starts them on their listeners, hands these to a
 * successor, and drains.
 */
public final class PingoraServer {

	private static final Logger logger = LoggerFactory.getLogger(PingoraServer.class);

	private static final Set<ExecutionPhase> LEAVING = EnumSet.of(ExecutionPhase.DRAINING, ExecutionPhase.TERMINATED);

	private static final String TOLD_TO_STOP = "this process was told to stop";

	private final Phases phases = new Phases();

	private final Listeners listeners = new Listeners();

	private final Counts counts = new Counts();

	private final UpgradeHistory history = new UpgradeHistory(this.counts);

	private final BackgroundServices background;

	private final StartOrder startOrder;

	private final Reporter reporter;

	private final TakeOver takeOver;

	private final WarmUpGate warmUp;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final Departure departure;

	/**
	 * Create a server that has not started.
	 * @param settings how it hands over and drains
	 * @param predecessor the process that it takes over from, or {@code null} at a cold
	 * start
	 * @param exit ends the JVM with an exit code
	 */
	public PingoraServer(ServerSettings settings, @Nullable Predecessor predecessor, IntConsumer exit) {
		Readiness readiness = new Readiness();
		this.takeOver = new TakeOver(predecessor, this.history, this.counts);
		this.warmUp = new WarmUpGate(settings.warmUp());
		this.background = new BackgroundServices(readiness, settings.background().stop());
		this.startOrder = new StartOrder(readiness, settings.background(predecessor != null).ready());
		this.reporter = new Reporter(settings.upgradeSocket(), this.listeners, this.counts, this.phases::current,
				this.takeOver);
		Testament testament = new Testament(settings.carryOver(), this.listeners, this.counts, this.history);
		this.departure = new Departure(settings, this.phases, this.listeners, this.takeOver, this.history, testament,
				this.background, exit);
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
	 * Return the process that serves in the place of this one.
	 * @return its pid, or empty as long as this process has not handed over
	 */
	public OptionalLong successor() {
		return this.departure.handOvers().successor();
	}

	/**
	 * Return the process that this one took over from.
	 * @return the predecessor, or {@code null} at a cold start
	 */
	public @Nullable PeerReport predecessor() {
		return this.takeOver.report();
	}

	/**
	 * Return the drain that is under way.
	 * @return how far it has come, or {@code null}
	 */
	public @Nullable DrainReport drain() {
		return this.departure.drainReport();
	}

	/**
	 * Return the listeners.
	 * @return the listeners, in the order of the configuration; none before the start
	 */
	public List<Listener> listeners() {
		return this.listeners.all();
	}

	/**
	 * Return what can be said of this server now. This asks the other processes of the
	 * server, which may take a second.
	 * @return the report, which does not change any more
	 */
	public ServerReport report() {
		return this.reporter.report(this.departure, this.history, this.background);
	}

	/**
	 * Return what became of the connections of a listener.
	 * @param listener one of {@link #listeners()}
	 * @return the counts, with those of earlier generations if they were carried over
	 */
	public ConnectionCounts counts(Listener listener) {
		return ConnectionCounts.ofThisProcess(listener).plus(ConnectionCounts.inherited(this.counts, listener));
	}

	/**
	 * Return how many upgrades came to an end.
	 * @param outcome what became of them
	 * @return how many, and how long they took together up to that outcome
	 */
	public Total upgrades(UpgradeOutcome outcome) {
		return this.counts.total(Counts.upgrades(outcome), Counts.upgradeNanos(outcome));
	}

	/**
	 * Return how many steps of upgrades came to their end.
	 * @param step which of them
	 * @return how many, and how long they took together
	 */
	public Total steps(UpgradeStep step) {
		return this.counts.total(Counts.steps(step), Counts.stepNanos(step));
	}

	/**
	 * Return how many listening sockets were handed over.
	 * @return a count that only grows
	 */
	public long socketsHandedOver() {
		return this.counts.get(Counts.SOCKETS);
	}

	/**
	 * Tell a listener of every phase from now on.
	 * @param listener the listener
	 */
	public void addPhaseListener(ExecutionPhaseListener listener) {
		this.phases.add(listener);
	}

	/**
	 * Take over listening sockets that were opened for this process before it started.
	 * They are claimed like those of a predecessor.
	 * @param sockets the sockets, which belong to this process now
	 */
	public void inherit(List<InheritedSocket> sockets) {
		this.takeOver.inherit(sockets);
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
		start(plans, List.of());
	}

	/**
	 * Put the services on their listening sockets. Nothing is accepted yet, and nothing
	 * runs in the background.
	 * @param plans the services that listen, each after those that it depends on
	 * @param backgroundPlans the services that work in the background, each after those
	 * that it depends on
	 */
	public void start(List<ServicePlan> plans, List<BackgroundPlan> backgroundPlans) {
		this.background.plan(backgroundPlans);
		this.startOrder.plan(plans);
		if (this.takeOver.isWaiting()) {
			Rehearsal.run(plans);
		}
		if (!plans.isEmpty()) {
			this.phases.change(ExecutionPhase.SETUP, ExecutionPhase.BOOTSTRAP);
		}
		try {
			plans.forEach((plan) -> this.listeners.open(plan, (address) -> claim(address, plan.options())));
		}
		catch (RuntimeException ex) {
			this.listeners.own(this.listeners.opened());
			this.listeners.close();
			throw ex;
		}
		this.listeners.own(this.listeners.opened());
		this.listeners.log();
		if (EventLoops.canAdopt()) {
			this.reporter.open(this.departure);
		}
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
	 * Accept, because the application is ready. A successor warms up and waits for its
	 * predecessor's word first; one that was told to stop meanwhile leaves the
	 * connections to the predecessor.
	 * @throws UpgradeException if the predecessor takes its sockets back
	 */
	public void ready() {
		List<String> unwanted = this.takeOver.closeUnclaimed();
		this.takeOver.onWord(() -> this.warmUp.close("the predecessor called the upgrade off or was gone"));
		Duration warmed = this.warmUp.pass(this.takeOver.isSuccessor(), this.listeners.ofTheApplication(),
				this.takeOver.seen());
		this.takeOver.awaitTurns();
		this.phases.change(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED);
		this.takeOver.awaitCommit(warmed);
		if (LEAVING.contains(phase())) {
			return;
		}
		this.warmUp.note(this.listeners.ofTheApplication());
		this.background.start();
		List<Listener> shared = this.takeOver.takesTurns() ? this.listeners.inherited() : List.of();
		this.startOrder.accept(this.listeners.all(), shared);
		this.takeOver.takeTurns(shared);
		if (!this.phases.change(ExecutionPhase.PREPARED, ExecutionPhase.RUNNING)) {
			// It was told to leave meanwhile, perhaps before the listeners began to
			// accept.
			this.departure.stopAccepting();
			return;
		}
		new Thread(this::keepAlive, "pingora-server").start();
		this.listeners.own(this.takeOver.isSuccessor() ? this.listeners.all() : this.listeners.opened());
		this.takeOver.serving(unwanted, this.departure::giveUp);
	}

	/**
	 * Return what a successor passes before it says that it could accept.
	 * @return the warm-up
	 */
	public WarmUpGate warmUp() {
		return this.warmUp;
	}

	/**
	 * Hand the listening sockets to a successor, drain, and exit with 0. When that fails
	 * the server goes on serving.
	 * @return whether a successor serves now
	 */
	public boolean upgrade() {
		return upgrade(null, (report) -> {
		});
	}

	/**
	 * Hand the listening sockets to a successor, drain, and exit with 0. When that fails
	 * the server goes on serving.
	 * @param start starts the successor, or {@code null} where somebody else does
	 * @param onOutcome told what became of it, as soon as that is known: before the drain
	 * @return whether a successor serves now
	 */
	public boolean upgrade(@Nullable SuccessorStart start, Consumer<UpgradeReport> onOutcome) {
		if (!EventLoops.canAdopt()) {
			logger.error("Upgrade refused: it needs Linux with native epoll");
			onOutcome.accept(this.departure.handOvers().refuse("it needs Linux with native epoll"));
			return false;
		}
		return this.departure.upgrade(start, onOutcome);
	}

	/**
	 * Call off the upgrade that is under way.
	 * @param reason why, in one sentence
	 * @return whether there was one, and it had not committed
	 * @throws InterruptedException if the thread is interrupted while the upgrade ends
	 */
	public boolean abortUpgrade(String reason) throws InterruptedException {
		return this.departure.handOvers().abort(reason);
	}

	/**
	 * Drain within the grace period, and exit.
	 * @param exitCode the exit code
	 */
	public void terminate(int exitCode) {
		this.warmUp.close(TOLD_TO_STOP);
		this.departure.terminate(exitCode);
	}

	/**
	 * Close everything at once; exchanges are cut off.
	 */
	public void interrupt() {
		this.warmUp.close(TOLD_TO_STOP);
		this.takeOver.sayLeaving();
		this.takeOver.endTurns();
		// One that is accepted after the others were cut off would be answered.
		this.listeners.all().forEach(Listener::pause);
		this.listeners.all().forEach(Listener::cutOff);
		closeListeners();
	}

	/**
	 * Drain within the grace period if that has not been done, and close everything.
	 */
	public void stop() {
		this.warmUp.close(TOLD_TO_STOP);
		try {
			this.departure.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		closeListeners();
		this.takeOver.close();
	}

	/**
	 * Close everything but the word to the predecessor, which hears from the end of the
	 * connection that nothing runs here any more.
	 */
	private void closeListeners() {
		this.phases.change(EnumSet.complementOf(EnumSet.of(ExecutionPhase.TERMINATED)), ExecutionPhase.TERMINATED);
		this.listeners.close();
		this.reporter.close();
		this.stopped.countDown();
	}

}
