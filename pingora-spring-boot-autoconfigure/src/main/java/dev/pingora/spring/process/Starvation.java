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

	private static final long INTERVAL_MILLIS = 200;

	/**
	 * How many times as long as it runs a thread may wait.
	 */
	private static final int SHARE = 8;

	/**
	 * For how long it may wait, in all, however much it runs.
	 */
	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final Path statistics;

	private volatile Times before;

	private volatile boolean ended;

	private Starvation(Path statistics, Times before) {
		this.statistics = statistics;
		this.before = before;
	}

	/**
	 * Begin to count the time for which the calling thread waits.
	 * @return what counts, or empty where the kernel does not
	 */
	public static Optional<Starvation> ofCaller() {
		try {
			return of(KernelThreads.directoryOfCaller());
		}
		catch (IOException ex) {
			logger.debug("The kernel does not tell of threads", ex);
			return Optional.empty();
		}
	}

	static Optional<Starvation> of(Path thread) {
		try {
			Path statistics = thread.resolve("schedstat");
			Times times = Times.read(statistics);
			// A kernel that does not count says 0, also of a thread that runs.
			return (times.ran() > 0) ? Optional.of(new Starvation(statistics, times)) : Optional.empty();
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The kernel does not tell how long a thread waits for a processor", ex);
			return Optional.empty();
		}
	}

	/**
	 * Call back when the thread is starved: it has waited eight times as long as it has
	 * run, or for half a minute in all. After that it is watched anew.
	 * @param patience how long it may wait in any case
	 * @param onStarved the callback
	 */
	public void watch(Duration patience, Runnable onStarved) {
		Thread thread = new Thread(() -> guard(patience, onStarved), "pingora-starvation");
		thread.setDaemon(true);
		thread.start();
	}

	private void guard(Duration patience, Runnable onStarved) {
		try {
			while (!this.ended) {
				Times now = Times.read(this.statistics);
				if (isStarved(patience, now)) {
					this.before = now;
					onStarved.run();
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
	}

	boolean isStarved(Duration patience) throws IOException {
		return isStarved(patience, Times.read(this.statistics));
	}

	private boolean isStarved(Duration patience, Times now) {
		long waited = now.waited() - this.before.waited();
		long ran = now.ran() - this.before.ran();
		return waited > patience.toNanos() && (waited > SHARE * ran || waited > LONGEST.toNanos());
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
	 * @param ran for how long it ran, in nanoseconds
	 * @param waited for how long it waited to run, in nanoseconds
	 */
	private record Times(long ran, long waited) {

		static Times read(Path statistics) throws IOException {
			String[] fields = Files.readString(statistics).strip().split(" ");
			return new Times(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
		}

	}

}
