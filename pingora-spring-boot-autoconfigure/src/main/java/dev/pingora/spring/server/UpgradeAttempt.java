package dev.pingora.spring.server;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * An upgrade that this process takes note of while it happens.
 */
final class UpgradeAttempt {

	private final Instant begun;

	private final int generation;

	private final long predecessor;

	private final long beginNanos;

	private final Map<UpgradeStep, Duration> steps = new EnumMap<>(UpgradeStep.class);

	private long stepNanos;

	private @Nullable Duration duration;

	private UpgradeOutcome outcome = UpgradeOutcome.UNDER_WAY;

	private @Nullable String reason;

	private @Nullable Long successor;

	private int sockets;

	private UpgradeAttempt(Instant begun, int generation, long predecessor, Duration soFar) {
		this.begun = begun;
		this.generation = generation;
		this.predecessor = predecessor;
		this.stepNanos = System.nanoTime();
		this.beginNanos = this.stepNanos - soFar.toNanos();
	}

	/**
	 * Begin to hand over from this process.
	 */
	static UpgradeAttempt begin(int generation) {
		return new UpgradeAttempt(Instant.now().truncatedTo(ChronoUnit.MILLIS), generation,
				ProcessHandle.current().pid(), Duration.ZERO);
	}

	/**
	 * Go on with what the predecessor has noted.
	 */
	static UpgradeAttempt resume(UpgradeReport noted) {
		UpgradeAttempt attempt = new UpgradeAttempt(noted.begun(), noted.generation(), noted.predecessor(),
				noted.duration());
		attempt.steps.putAll(noted.steps());
		attempt.successor = ProcessHandle.current().pid();
		attempt.sockets = noted.sockets();
		return attempt;
	}

	synchronized void found(long pid) {
		this.successor = pid;
		completed(UpgradeStep.CONNECT);
	}

	synchronized void handedOver(int count) {
		this.sockets = count;
		completed(UpgradeStep.TRANSFER);
	}

	/**
	 * Note that the successor could accept.
	 * @param warmUp how much of the time it says that its warm-up took
	 */
	synchronized void prepared(Duration warmUp) {
		completed(UpgradeStep.PREPARE);
		Duration whole = Objects.requireNonNull(this.steps.get(UpgradeStep.PREPARE));
		if (!warmUp.isZero() && warmUp.compareTo(whole) <= 0) {
			this.steps.put(UpgradeStep.PREPARE, whole.minus(warmUp));
			this.steps.put(UpgradeStep.WARM_UP, warmUp);
		}
	}

	synchronized void completed(UpgradeStep step) {
		long now = System.nanoTime();
		this.steps.put(step, Duration.ofNanos(now - this.stepNanos));
		this.stepNanos = now;
	}

	/**
	 * Note what became of it. A later word replaces an earlier one, but not the time that
	 * it took.
	 */
	synchronized void end(UpgradeOutcome newOutcome, @Nullable String newReason) {
		this.outcome = newOutcome;
		this.reason = newReason;
		if (this.duration == null) {
			this.duration = Duration.ofNanos(System.nanoTime() - this.beginNanos);
		}
	}

	synchronized UpgradeReport report() {
		Duration time = (this.duration != null) ? this.duration : Duration.ofNanos(System.nanoTime() - this.beginNanos);
		return new UpgradeReport(this.begun, time, this.outcome, this.reason, this.generation, this.predecessor,
				this.successor, this.sockets, Collections.unmodifiableMap(new EnumMap<>(this.steps)));
	}

}
