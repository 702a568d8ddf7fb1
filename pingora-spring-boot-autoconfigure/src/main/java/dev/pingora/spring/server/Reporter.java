package dev.pingora.spring.server;

import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.upgrade.StatusSocket;
import dev.pingora.spring.upgrade.StatusSockets;
import dev.pingora.spring.upgrade.UpgradeSocket;
import org.jspecify.annotations.Nullable;

/**
 * Tells how a server is: whole to those who ask in this process, and in a line to those
 * who ask on its status socket.
 */
final class Reporter implements Closeable {

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
	 * Answer on the status socket from now on.
	 */
	void open() {
		this.statusSocket = StatusSocket.open(this.upgradeSocket, this.takeOver.generation(),
				() -> ownGeneration().line());
	}

	ServerReport report(Departure departure, UpgradeHistory history, BackgroundServices background) {
		return new ServerReport(this.phase.get(), this.takeOver.generation(), ProcessHandle.current().pid(),
				this.started, Duration.between(this.started, Instant.now()), this.takeOver.report(),
				departure.successorReport(), generations(), this.listeners.reports(this.counts), background.reports(),
				departure.drainReport(), history.reports());
	}

	private List<GenerationReport> generations() {
		if (this.statusSocket == null) {
			return List.of(ownGeneration());
		}
		return StatusSockets.ask(this.upgradeSocket)
			.stream()
			.flatMap((line) -> GenerationReport.parse(line).stream())
			.sorted(Comparator.comparingInt(GenerationReport::generation))
			.toList();
	}

	private GenerationReport ownGeneration() {
		int active = 0;
		int busy = 0;
		for (Listener listener : this.listeners.all()) {
			active += listener.connections().active();
			busy += listener.busy();
		}
		return new GenerationReport(this.takeOver.generation(), ProcessHandle.current().pid(), this.phase.get().name(),
				active, busy);
	}

	@Override
	public void close() {
		if (this.statusSocket != null) {
			this.statusSocket.close();
		}
	}

}
