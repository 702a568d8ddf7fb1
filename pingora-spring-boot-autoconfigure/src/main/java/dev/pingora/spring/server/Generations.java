package dev.pingora.spring.server;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

import dev.pingora.spring.upgrade.StatusSockets;
import dev.pingora.spring.upgrade.UpgradeException;
import dev.pingora.spring.upgrade.UpgradeSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one server that are alive. One hands over at a time, and not too many
 * drain.
 */
public final class Generations {

	static final String CUT_OFF = "CUT_OFF ";

	private static final Logger logger = LoggerFactory.getLogger(Generations.class);

	private static final Set<String> DRAINING = Set.of(ExecutionPhase.SHARING.name(), ExecutionPhase.DRAINING.name());

	private final UpgradeSocket upgradeSocket;

	/**
	 * Create the processes.
	 * @param upgradeSocket the upgrade socket that they share
	 */
	public Generations(UpgradeSocket upgradeSocket) {
		this.upgradeSocket = upgradeSocket;
	}

	/**
	 * Return those that answer.
	 * @return the oldest first
	 */
	List<GenerationReport> all() {
		return reports(StatusSockets.ask(this.upgradeSocket));
	}

	private static List<GenerationReport> reports(List<String> lines) {
		return lines.stream()
			.flatMap((line) -> GenerationReport.parse(line).stream())
			.sorted(Comparator.comparingInt(GenerationReport::generation))
			.toList();
	}

	/**
	 * Refuse another successor where one has the sockets already.
	 * @throws UpgradeException if an upgrade is under way
	 */
	public void refuseSecondSuccessor() {
		for (GenerationReport generation : all()) {
			if (generation.successor() != null && generation.phase().equals(ExecutionPhase.HANDING_OVER.name())) {
				throw new UpgradeException("Generation %d (pid %d) hands over to another successor (pid %d) already"
					.formatted(generation.generation(), generation.pid(), generation.successor()));
			}
		}
	}

	/**
	 * Let the oldest ones that drain be cut off, so that one more can begin to drain.
	 * @param own the generation that is to drain
	 * @param limit how many may drain at a time
	 */
	void makeRoom(int own, int limit) {
		List<GenerationReport> draining = reports(StatusSockets.ask(this.upgradeSocket, own)).stream()
			.filter((generation) -> DRAINING.contains(generation.phase()))
			.toList();
		for (GenerationReport oldest : draining.subList(0, Math.max(0, draining.size() + 1 - limit))) {
			String reason = "generation %d (pid %d) begins to drain, and no more than %d may".formatted(own,
					ProcessHandle.current().pid(), limit);
			logger.warn("Cutting off generation {} (pid {}), which still drains: no more than {} may",
					oldest.generation(), oldest.pid(), limit);
			StatusSockets.tell(this.upgradeSocket, oldest.pid(), oldest.generation(), CUT_OFF + reason);
		}
	}

}
