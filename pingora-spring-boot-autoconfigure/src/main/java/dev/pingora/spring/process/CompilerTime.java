package dev.pingora.spring.process;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For how long the compilers of this JVM ran. The JVM itself tells that of a compilation
 * when it is done, which takes seconds where processors are busy. The kernel tells it at
 * any time.
 *
 * @see <a href="https://docs.kernel.org/scheduler/sched-stats.html">Scheduler
 * Statistics</a>
 */
public final class CompilerTime {

	private static final Logger logger = LoggerFactory.getLogger(CompilerTime.class);

	private final Path threads;

	private final Map<Path, Long> ran = new HashMap<>();

	/**
	 * Begin to count.
	 */
	public CompilerTime() {
		this(KernelThreads.THREADS);
	}

	CompilerTime(Path threads) {
		this.threads = threads;
	}

	/**
	 * Return for how long the compilers ran, all together. The JVM starts and ends them;
	 * the time of those that have ended counts on if it was asked for while they were
	 * there.
	 * @return the nanoseconds, counted from any beginning, or always the same if neither
	 * the kernel nor the JVM says
	 */
	public synchronized long nanos() {
		try {
			KernelThreads.compilers(this.threads).forEach(this::read);
		}
		catch (IOException ex) {
			logger.debug("The kernel does not tell of threads", ex);
		}
		long sum = this.ran.values().stream().mapToLong(Long::longValue).sum();
		return (sum > 0) ? sum : done();
	}

	private void read(Path compiler) {
		try {
			String statistics = Files.readString(compiler.resolve("schedstat"));
			this.ran.put(compiler, Long.parseLong(statistics.substring(0, statistics.indexOf(' '))));
		}
		catch (IOException ex) {
			logger.trace("The thread has ended, or the kernel does not count", ex);
		}
	}

	private static long done() {
		CompilationMXBean compilation = ManagementFactory.getCompilationMXBean();
		return (compilation != null && compilation.isCompilationTimeMonitoringSupported())
				? TimeUnit.MILLISECONDS.toNanos(compilation.getTotalCompilationTime()) : 0;
	}

}
