package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A server at one moment.
 *
 * @param phase the phase of its life
 * @param generation 1 for a cold start, and one more with every upgrade
 * @param pid the id of its process
 * @param started when the server was made, early in the start of its process
 * @param uptime the time since then
 * @param predecessor the process that it took over from, or {@code null} at a cold start
 * @param successor the process that it hands over to, or {@code null} if there is none
 * @param generations the processes of this server that are alive, this one included: two
 * from the start of an upgrade to the end of the drain
 * @param services what it serves, in the order of the configuration
 * @param background the services that work in the background, in this process
 * @param drain the drain that is under way, or {@code null}
 * @param upgrades the latest upgrades, those of earlier generations included, the latest
 * first
 */
public record ServerReport(ExecutionPhase phase, int generation, long pid, Instant started, Duration uptime,
		@Nullable PeerReport predecessor, @Nullable PeerReport successor, List<GenerationReport> generations,
		List<ServiceReport> services, List<BackgroundReport> background, @Nullable DrainReport drain,
		List<UpgradeReport> upgrades) {
}
