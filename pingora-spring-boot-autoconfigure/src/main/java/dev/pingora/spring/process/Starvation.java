package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a thread hardly runs, because others always go first: the kernel counts
 * for how long it has waited for a processor while it could have run. Time in which it
 * had nothing to do does not count.
 *
 * @see <a href="https://docs.kernel.org/scheduler/sched-stats.html">Scheduler
 * Statistics</a>
 */
public final class Starvation {

	private static final Logger logger = LoggerFactory.getLogger(Starvation.class);

	private static final Path CALLER = Path.of("/proc/thread-self");

	private static final long INTERVAL_MILLIS = 200;

	private final Path statistics;

	private final long before;

	private volatile boolean ended;

	private Starvation(Path statistics, long before) {
		this.statistics = statistics;
		this.before = before;
	}

	/**
	 * Begin to count the time for which the calling thread waits.
	 * @return what counts, or empty where the kernel does not
	 */
	public static Optional<Starvation> ofCaller() {
		return of(CALLER);
	}

	static Optional<Starvation> of(Path thread) {
		try {
			Path statistics = thread.toRealPath().resolve("schedstat");
			Waiting waiting = Waiting.read(statistics);
			// A kernel that does not count says 0, also of a thread that runs.
			return (waiting.ranNanos() > 0) ? Optional.of(new Starvation(statistics, waiting.nanos()))
					: Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The kernel does not tell how long a thread waits for a processor", ex);
			return Optional.empty();
		}
	}

	/**
	 * Call back, once, when the thread has waited for too long.
	 * @param limit how long it may wait, in all
	 * @param onStarved the callback
	 */
	public void watch(Duration limit, Runnable onStarved) {
		Thread thread = new Thread(() -> {
			if (awaitStarved(limit)) {
				onStarved.run();
			}
		}, "pingora-starvation");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Return whether the thread has waited for too long, as soon as it has or is watched
	 * no more.
	 */
	private boolean awaitStarved(Duration limit) {
		try {
			while (!this.ended) {
				if (waited().compareTo(limit) > 0) {
					return !this.ended;
				}
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (IOException ex) {
			logger.trace("The thread has ended", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	/**
	 * Return for how long the thread has waited.
	 */
	Duration waited() throws IOException {
		return Duration.ofNanos(Waiting.read(this.statistics).nanos() - this.before);
	}

	/**
	 * Watch no more.
	 */
	public void end() {
		this.ended = true;
	}

	/**
	 * What the kernel counts of a thread.
	 *
	 * @param ranNanos for how long it ran
	 * @param nanos for how long it waited to run
	 */
	private record Waiting(long ranNanos, long nanos) {

		static Waiting read(Path statistics) throws IOException {
			String[] fields = Files.readString(statistics).strip().split(" ");
			return new Waiting(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
		}

	}

}
