package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that a thread which compiles could run, and does not for a while, because
 * others always go first. It may hold a lock for which requests wait.
 *
 * @see <a href="https://docs.kernel.org/scheduler/sched-stats.html">Scheduler
 * Statistics</a>
 */
public final class CompilerStall {

	private static final Logger logger = LoggerFactory.getLogger(CompilerStall.class);

	private static final long INTERVAL_MILLIS = 50;

	/**
	 * After how many looks at the compilers they are listed anew, because the JVM starts
	 * and ends them.
	 */
	private static final int LISTED_FOR = 20;

	private final Path threads;

	private final long patienceNanos;

	private final Runnable onStall;

	private final Map<Path, Waiting> waiting = new HashMap<>();

	private volatile boolean ended;

	private CompilerStall(Path threads, Duration patience, Runnable onStall) {
		this.threads = threads;
		this.patienceNanos = patience.toNanos();
		this.onStall = onStall;
	}

	/**
	 * Watch the compilers of this JVM until one stalls.
	 * @param patience how long one may wait for a processor without a break
	 * @param onStall called back then, once
	 * @return the watching, which has to be {@linkplain #end() ended}
	 */
	public static CompilerStall watch(Duration patience, Runnable onStall) {
		return watch(KernelThreads.THREADS, patience, onStall);
	}

	static CompilerStall watch(Path threads, Duration patience, Runnable onStall) {
		CompilerStall stall = new CompilerStall(threads, patience, onStall);
		Thread thread = new Thread(stall::guard, "pingora-compilers");
		thread.setDaemon(true);
		thread.start();
		return stall;
	}

	private void guard() {
		try {
			List<Path> compilers = List.of();
			for (int look = 0; !this.ended; look++) {
				if (look % LISTED_FOR == 0) {
					compilers = KernelThreads.compilers(this.threads);
				}
				if (compilers.stream().anyMatch(this::stalls) && !this.ended) {
					this.ended = true;
					this.onStall.run();
				}
				Thread.sleep(INTERVAL_MILLIS);
			}
		}
		catch (IOException ex) {
			logger.debug("The kernel does not tell of threads", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean stalls(Path compiler) {
		long now = System.nanoTime();
		try {
			String ran = Files.readString(compiler.resolve("schedstat"));
			Waiting before = this.waiting.get(compiler);
			if (!couldRun(compiler)) {
				this.waiting.remove(compiler);
			}
			else if (before == null || !before.ran().equals(ran)) {
				this.waiting.put(compiler, new Waiting(ran, now));
			}
			else {
				return now - before.since() >= this.patienceNanos;
			}
		}
		catch (IOException ex) {
			this.waiting.remove(compiler);
		}
		return false;
	}

	/**
	 * Return whether a thread runs or waits for a processor.
	 */
	private static boolean couldRun(Path compiler) throws IOException {
		String stat = Files.readString(compiler.resolve("stat"));
		return stat.startsWith("R", stat.lastIndexOf(')') + 2);
	}

	/**
	 * Watch no more.
	 */
	public void end() {
		this.ended = true;
	}

	/**
	 * A thread that could run.
	 *
	 * @param ran what the kernel has counted of it, which changes when it runs
	 * @param since when it was found so first
	 */
	private record Waiting(String ran, long since) {
	}

}
