package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.process.Precedence;
import dev.pingora.spring.process.Starvation;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.PingoraServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Which of the two processes of an upgrade goes first where processors are scarce: the
 * one that serves, before one that starts and warms up; requests, before the compilers
 * and the upgrade itself, until the successor has been alone for a while; and the
 * successor, before what is left of a predecessor without requests.
 */
final class UpgradePrecedence {

	private static final String PROPERTY = "pingora.upgrade.nice";

	private static final Logger logger = LoggerFactory.getLogger(UpgradePrecedence.class);

	/**
	 * For how long a successor's compilers come after its requests.
	 */
	private static final Duration LOW = Duration.ofSeconds(15);

	/**
	 * For how long a successor may wait for a processor, in any case, while it starts.
	 */
	private static final Duration PATIENCE_OF_START = Duration.ofSeconds(5);

	/**
	 * For how long a hand-over, and what comes after it, may wait.
	 */
	private static final Duration PATIENCE_OF_HAND_OVER = Duration.ofSeconds(1);

	private final int steps;

	private final boolean dropsPrivileges;

	private @Nullable Precedence lowered;

	private @Nullable Starvation starvation;

	private boolean handsOver;

	/**
	 * Create the precedence of a process.
	 * @param steps by how many nice values the one process comes after the other; 0 lets
	 * them run side by side
	 * @param dropsPrivileges whether this process changes its user before it serves
	 */
	private UpgradePrecedence(int steps, boolean dropsPrivileges) {
		this.steps = steps;
		this.dropsPrivileges = dropsPrivileges;
	}

	/**
	 * Return the precedence of a process whose properties are not bound yet.
	 */
	static UpgradePrecedence of(Environment environment) {
		int steps = Binder.get(environment)
			.bind(PROPERTY, Integer.class)
			.orElseGet(() -> Integer.valueOf(PingoraProperties.Upgrade.NICE));
		return new UpgradePrecedence(steps, ProcessIdentity.of(environment).isPresent());
	}

	/**
	 * Let the process that serves go first until this one is prepared.
	 */
	synchronized void startLow() {
		if (this.dropsPrivileges) {
			Precedence.allow();
		}
		this.lowered = find(PATIENCE_OF_START);
		if (this.lowered != null) {
			this.lowered.lower();
			logger.info("Starting behind the process that serves: {}", this.lowered);
		}
		else if (this.steps > 0) {
			logger.info("Starting beside the process that serves, which goes first where the limit of nice values "
					+ "lets this process lower itself and rise again (LimitNICE=+0 of systemd, ulimit -e 20) "
					+ "and the kernel counts how long a thread waits (schedstat)");
		}
	}

	/**
	 * Find out whether this process can be lowered, also where others take every
	 * processor and the calling thread is starved.
	 */
	private @Nullable Precedence find(Duration patience) {
		raise();
		Starvation watch = (this.steps > 0) ? Starvation.ofCaller().orElse(null) : null;
		Precedence found = (watch != null) ? Precedence.of(this.steps, this.dropsPrivileges).orElse(null) : null;
		if (watch != null && found != null) {
			this.starvation = watch;
			watch.watch(patience, () -> starved(found));
		}
		return found;
	}

	/**
	 * Come on in any case: at first with what the nice value leaves, then as usual.
	 */
	private synchronized void starved(Precedence low) {
		if (this.lowered != low) {
			return;
		}
		if (low.leaveIdle()) {
			logger.info("Processors are hardly ever idle: this process comes after others by its nice value");
		}
		else {
			logger.info("This process gets hardly any processor time: it does not come after others any more");
			raise();
		}
	}

	/**
	 * Let the calling thread go on as usual for a while, where it hands over.
	 */
	synchronized void raiseCaller() {
		if (this.lowered != null) {
			this.lowered.raiseCaller();
		}
	}

	/**
	 * Let the calling thread come after requests, where it hands over.
	 */
	synchronized void lowerCaller() {
		if (this.lowered != null) {
			this.lowered.lowerCaller();
		}
	}

	/**
	 * Follow the phases of a server.
	 */
	void follow(PingoraServer server) {
		server.addPhaseListener((phase) -> onPhase(phase, server.warmUp().isWarm()));
	}

	void onPhase(ExecutionPhase phase, boolean warm) {
		switch (phase) {
			case PREPARED -> prepared(warm);
			case HANDING_OVER -> handOver();
			case SHARING -> share();
			case DRAINING -> drain();
			case TERMINATED -> terminated();
			case RUNNING -> goOn();
			default -> {
				// nothing changes
			}
		}
	}

	/**
	 * Serve soon. The calling thread has the hand-over to do, which requests need not
	 * wait for. Cold code needs the compilers as much as it needs the processors. Those
	 * of warm code come after requests, but do not go on for idle processors: they would
	 * keep them from ever being idle, and a processor that never is takes no waiting
	 * thread over from another.
	 */
	private synchronized void prepared(boolean warm) {
		if (!warm) {
			raise();
		}
		else if (this.lowered != null) {
			this.lowered.leaveIdle();
			this.lowered.raiseOthersButCompilers();
		}
	}

	/**
	 * Let requests go before the hand-over, which the calling thread does.
	 */
	private synchronized void handOver() {
		this.handsOver = true;
		this.lowered = find(PATIENCE_OF_HAND_OVER);
		if (this.lowered != null) {
			this.lowered.lowerCaller();
			this.lowered.lowerCompilers();
		}
	}

	/**
	 * Let the calling thread be in time, which says now who accepts, and those that it
	 * has started.
	 */
	private synchronized void share() {
		if (this.lowered != null) {
			this.lowered.raiseAllButCompilers();
		}
	}

	/**
	 * Let the calling thread, and those that it starts, leave behind the successor's
	 * requests.
	 */
	private synchronized void drain() {
		if (this.handsOver) {
			lowerCaller();
		}
	}

	/**
	 * Let what is left of this process, which has no requests any more, end behind the
	 * successor's.
	 */
	private synchronized void terminated() {
		if (this.handsOver && this.lowered != null) {
			this.lowered.lower();
		}
	}

	/**
	 * Run as before, where the upgrade has failed or the successor was lost.
	 */
	private synchronized void goOn() {
		if (this.handsOver) {
			this.handsOver = false;
			raise();
		}
	}

	private synchronized void raise() {
		if (this.lowered != null) {
			this.lowered.raise();
			this.lowered = null;
		}
		if (this.starvation != null) {
			this.starvation.end();
			this.starvation = null;
		}
	}

	/**
	 * Let compilers come after requests for a while, where this process was lowered. It
	 * serves now or, where nothing was to be taken over, was never prepared.
	 */
	synchronized void started() {
		Precedence low = this.lowered;
		if (low != null) {
			low.raiseAllButCompilers();
			CompletableFuture.runAsync(() -> raise(low),
					CompletableFuture.delayedExecutor(LOW.toSeconds(), TimeUnit.SECONDS));
		}
	}

	/**
	 * End the time in which compilers come after requests, unless an upgrade has begun
	 * meanwhile.
	 */
	private synchronized void raise(Precedence low) {
		if (this.lowered == low) {
			raise();
		}
	}

}
