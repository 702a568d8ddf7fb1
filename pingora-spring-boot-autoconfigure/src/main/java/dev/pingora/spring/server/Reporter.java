package dev.pingora.spring.server;

import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.upgrade.StatusSocket;
import dev.pingora.spring.upgrade.UpgradeSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how a server is: whole to those who ask in this process, and in a line to those
 * who ask on its status socket.
 */
final class Reporter implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Reporter.class);

	private final Instant started = Instant.now();

	private final UpgradeSocket upgradeSocket;

	private final Listeners listeners;

	private final Counts counts;

	private final Supplier<ExecutionPhase> phase;

	private final TakeOver takeOver;

	private @Nullable StatusSocket statusSocket;

	Reporter(UpgradeSocket upgradeSocket, Listeners listeners, Counts counts, Supplier<ExecutionPhase> phase,
			TakeOver takeOver) {
		this.upgradeSocket = upgradeSocket;
		this.listeners = listeners;
		this.counts = counts;
		this.phase = phase;
		this.takeOver = takeOver;
	}

	/**
	 * Answer on the status socket from now on, and let a younger generation cut off this
	 * one there.
	 */
	void open(Departure departure) {
		this.statusSocket = StatusSocket.open(this.upgradeSocket, this.takeOver.generation(),
				() -> ownGeneration(departure).line(), (order) -> obey(order, departure));
	}

	private static void obey(String order, Departure departure) {
		if (order.startsWith(Generations.CUT_OFF)) {
			departure.cutOff(order.substring(Generations.CUT_OFF.length()));
		}
		else {
			logger.warn("Refused an order that this version does not know: '{}'", order);
		}
	}

	ServerReport report(Departure departure, UpgradeHistory history, BackgroundServices background) {
		return new ServerReport(this.phase.get(), this.takeOver.generation(), ProcessHandle.current().pid(),
				this.started, Duration.between(this.started, Instant.now()), this.takeOver.report(),
				departure.handOvers().successorReport(), generations(departure), this.listeners.reports(this.counts),
				background.reports(), departure.drainReport(), history.reports());
	}

	private List<GenerationReport> generations(Departure departure) {
		return (this.statusSocket != null) ? new Generations(this.upgradeSocket).all()
				: List.of(ownGeneration(departure));
	}

	private GenerationReport ownGeneration(Departure departure) {
		int active = 0;
		int busy = 0;
		for (Listener listener : this.listeners.all()) {
			active += listener.connections().active();
			busy += listener.busy();
		}
		PeerReport successor = departure.handOvers().successorReport();
		return new GenerationReport(this.takeOver.generation(), ProcessHandle.current().pid(), this.phase.get().name(),
				active, busy, (successor != null) ? successor.pid() : null);
	}

	@Override
	public void close() {
		if (this.statusSocket != null) {
			this.statusSocket.close();
		}
	}

}
