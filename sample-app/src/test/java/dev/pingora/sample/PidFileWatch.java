package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reads a pid file every 10 ms, and notes whenever it does not name a process that lives.
 */
final class PidFileWatch implements AutoCloseable {

	private final Path file;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	private final List<String> violations = new CopyOnWriteArrayList<>();

	private final Set<Long> seen = new TreeSet<>();

	private int readings;

	PidFileWatch(Path file) {
		this.file = file;
		this.executor.scheduleAtFixedRate(this::look, 0, 10, TimeUnit.MILLISECONDS);
	}

	private synchronized void look() {
		try {
			String text = Files.readString(this.file);
			long pid = Long.parseLong(text.strip());
			this.seen.add(pid);
			this.readings++;
			if (!new SampleDaemon(pid, this.file).isAlive()) {
				this.violations.add("process " + pid + " is dead");
			}
		}
		catch (IOException | NumberFormatException ex) {
			this.violations.add(ex.toString());
		}
	}

	List<String> violations() {
		return this.violations;
	}

	synchronized Set<Long> seen() {
		return new TreeSet<>(this.seen);
	}

	synchronized int readings() {
		return this.readings;
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
