package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.process.Precedence;
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

	private static final int DEFAULT = 10;

	private static final Logger logger = LoggerFactory.getLogger(UpgradePrecedence.class);

	/**
	 * For how long a successor's compilers come after its requests.
	 */
	private static final Duration LOW = Duration.ofSeconds(15);

	private final int steps;

	private final boolean dropsPrivileges;

	private @Nullable Precedence lowered;

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
		int steps = Binder.get(environment).bind(PROPERTY, Integer.class).orElse(DEFAULT);
		return new UpgradePrecedence(steps, ProcessIdentity.of(environment).isPresent());
	}

	/**
	 * Let the process that serves go first until this one is prepared.
	 */
	synchronized void startLow() {
		if (this.dropsPrivileges) {
			Precedence.allow();
		}
		this.lowered = find();
		if (this.lowered != null) {
			this.lowered.lower();
			logger.info("Starting behind the process that serves: {}", this.lowered);
		}
		else if (this.steps > 0) {
			logger.info("Starting beside the process that serves, which goes first where the limit of nice values "
					+ "lets this process lower itself and rise again (LimitNICE=+0 of systemd, ulimit -e 20)");
		}
	}

	private @Nullable Precedence find() {
		return (this.steps > 0) ? Precedence.of(this.steps, this.dropsPrivileges).orElse(null) : null;
	}

	/**
	 * Follow the phases of a server.
	 */
	void follow(PingoraServer server) {
		server.addPhaseListener((phase) -> onPhase(phase, server.warmUp().hasWarmedUp()));
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
	 * wait for. Without a warm-up they need the compilers as much as they need the
	 * processors.
	 */
	private synchronized void prepared(boolean warm) {
		if (this.lowered == null) {
			return;
		}
		if (warm) {
			this.lowered.raiseOthersButCompilers();
		}
		else {
			this.lowered.raiseOthers();
		}
	}

	/**
	 * Let requests go before the hand-over, which the calling thread does.
	 */
	private synchronized void handOver() {
		this.handsOver = true;
		this.lowered = find();
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
		if (this.handsOver && this.lowered != null) {
			this.lowered.lowerCaller();
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
	}

	/**
	 * Let compilers come after requests for a while, where this process was lowered. It
	 * serves now or, where nothing was to be taken over, was never prepared.
	 */
	synchronized void started() {
		if (this.lowered != null) {
			this.lowered.raiseAllButCompilers();
			CompletableFuture.runAsync(this::raise,
					CompletableFuture.delayedExecutor(LOW.toSeconds(), TimeUnit.SECONDS));
		}
	}

}
