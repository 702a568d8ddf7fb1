package dev.pingora.spring.server;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server that owns many services: it starts them on their listeners, hands these to a
 * successor, and drains.
 */
public final class PingoraServer {

	private static final Logger logger = LoggerFactory.getLogger(PingoraServer.class);

	private final TakeOver takeOver;

	private final Phases phases = new Phases();

	private final Listeners listeners = new Listeners();

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
		this.takeOver = new TakeOver(predecessor);
		this.departure = new Departure(settings, this.phases, this.listeners, this.takeOver, exit);
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
		return this.departure.successor();
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
		this.listeners.own(this.takeOver.isSuccessor() ? this.listeners.all() : this.listeners.opened());
		this.listeners.accept();
		this.phases.change(ExecutionPhase.PREPARED, ExecutionPhase.RUNNING);
		new Thread(this::keepAlive, "pingora-server").start();
		this.takeOver.serving(unwanted, this.departure::giveUp);
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
		return this.departure.upgrade();
	}

	/**
	 * Drain within the grace period, and exit.
	 * @param exitCode the exit code
	 */
	public void terminate(int exitCode) {
		this.departure.terminate(exitCode);
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
			this.departure.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		close();
	}

	private void close() {
		this.phases.change(EnumSet.complementOf(EnumSet.of(ExecutionPhase.TERMINATED)), ExecutionPhase.TERMINATED);
		this.listeners.close();
		this.takeOver.close();
		this.stopped.countDown();
	}

}
