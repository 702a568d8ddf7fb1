package dev.pingora.spring.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import dev.pingora.spring.upgrade.BackgroundWork;
import dev.pingora.spring.upgrade.UpgradeException;

/**
 * The background services of a server, which all run in this process or all do not.
 */
final class BackgroundServices implements BackgroundWork {

	private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

	private final ReentrantLock changing = new ReentrantLock();

	private final Readiness readiness;

	private final Duration stopTimeout;

	private volatile List<BackgroundPlan> plans = List.of();

	private volatile Map<String, BackgroundRun> runs = Map.of();

	private boolean finished;

	BackgroundServices(Readiness readiness, Duration stopTimeout) {
		this.readiness = readiness;
		this.stopTimeout = stopTimeout;
	}

	/**
	 * Say which services there are.
	 * @param newPlans the services, each after those that it depends on
	 */
	void plan(List<BackgroundPlan> newPlans) {
		this.plans = List.copyOf(newPlans);
	}

	/**
	 * Start those that do not run, unless none shall run here again. One that was told to
	 * stop and has not returned yet starts when it has.
	 */
	@Override
	public void start() {
		this.changing.lock();
		try {
			if (!this.finished) {
				startStopped();
			}
		}
		finally {
			this.changing.unlock();
		}
	}

	private void startStopped() {
		Map<String, BackgroundRun> next = new LinkedHashMap<>();
		List<BackgroundRun> starting = new ArrayList<>();
		for (BackgroundPlan plan : this.plans) {
			BackgroundRun current = this.runs.get(plan.service().name());
			if (current == null || current.isSignalled()) {
				current = new BackgroundRun(plan, this.readiness, current);
				starting.add(current);
			}
			next.put(current.name(), current);
		}
		this.runs = next;
		starting.forEach(BackgroundRun::start);
	}

	/**
	 * Stop all of them, each before those that it depends on, and wait until they have
	 * returned.
	 * @throws UpgradeException if one does not return, so that no other process may start
	 * it
	 */
	@Override
	public void stop() throws InterruptedException {
		this.changing.lockInterruptibly();
		try {
			stopRunning(this.stopTimeout);
		}
		finally {
			this.changing.unlock();
		}
	}

	@Override
	public Duration stopTime() {
		return this.plans.isEmpty() ? Duration.ZERO
				: this.stopTimeout.plus(AFTER_INTERRUPT.multipliedBy(this.plans.size()));
	}

	private void stopRunning(Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		List<BackgroundRun> reversed = new ArrayList<>(this.runs.values());
		Collections.reverse(reversed);
		List<String> stubborn = new ArrayList<>();
		for (BackgroundRun run : reversed) {
			run.signal();
			if (!run.awaitEnd(Duration.ofNanos(deadline - System.nanoTime()), AFTER_INTERRUPT)) {
				stubborn.add(run.name());
			}
		}
		if (!stubborn.isEmpty()) {
			throw new UpgradeException("The background service %s does not stop within %d s"
				.formatted(String.join(", ", stubborn), timeout.toSeconds()));
		}
	}

	/**
	 * Stop all of them for good.
	 * @param limit how long this may take, if that is shorter than they may take anyway
	 */
	void finish(Duration limit) throws InterruptedException {
		this.changing.lockInterruptibly();
		try {
			this.finished = true;
			stopRunning((limit.compareTo(this.stopTimeout) < 0) ? limit : this.stopTimeout);
		}
		finally {
			this.changing.unlock();
		}
	}

	List<BackgroundReport> reports() {
		Map<String, BackgroundRun> current = this.runs;
		return this.plans.stream().map((plan) -> plan.service().name()).map((name) -> {
			BackgroundRun run = current.get(name);
			return new BackgroundReport(name, (run != null) ? run.state() : BackgroundState.STOPPED);
		}).toList();
	}

}
