package dev.pingora.spring.autoconfigure;

import java.time.Duration;
import java.util.OptionalLong;

import dev.pingora.spring.process.Supervisor;
import dev.pingora.spring.process.Watchdog;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.ExecutionPhaseListener;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Tells the supervisor of this process how the server is, and who takes its place.
 */
final class SupervisorNotices
		implements ExecutionPhaseListener, ApplicationListener<ApplicationReadyEvent>, DisposableBean {

	private final Supervisor supervisor;

	private final PingoraServer server;

	private final Duration stopTimeout;

	private final Watchdog watchdog;

	private volatile boolean served;

	private final long pid = ProcessHandle.current().pid();

	SupervisorNotices(Supervisor supervisor, PingoraServer server, Duration stopTimeout) {
		this.supervisor = supervisor;
		this.server = server;
		this.stopTimeout = stopTimeout;
		this.watchdog = new Watchdog(supervisor);
	}

	@Override
	public void onPhase(ExecutionPhase phase) {
		switch (phase) {
			case SETUP, BOOTSTRAP -> status("Starting");
			case PREPARED -> status("Prepared");
			case RUNNING -> running();
			case HANDING_OVER -> handingOver();
			case SHARING, DRAINING -> this.server.successor().ifPresentOrElse(this::handedOver, this::stopping);
			case TERMINATED -> terminated();
		}
	}

	private void status(String status) {
		this.supervisor.say("STATUS=" + status);
	}

	private void running() {
		this.served = true;
		this.supervisor.say("READY=1", "MAINPID=" + this.pid, "STATUS=Serving on %d listeners, generation %d"
			.formatted(this.server.listeners().size(), this.server.generation()));
		this.watchdog.start();
	}

	/**
	 * The clock is CLOCK_MONOTONIC, which is what {@code System.nanoTime()} reads.
	 */
	private void handingOver() {
		this.supervisor.say("RELOADING=1", "MONOTONIC_USEC=" + System.nanoTime() / 1000,
				"STATUS=Handing over to a successor");
	}

	/**
	 * Name the successor while this process is still the one that is listened to. From
	 * then on it has nothing more to say.
	 */
	private void handedOver(long successor) {
		this.watchdog.stop();
		this.supervisor.say("READY=1", "MAINPID=" + successor,
				"STATUS=Process %d serves, process %d drains".formatted(successor, this.pid));
	}

	/**
	 * Say that the unit stops, unless this is a successor that never served: the unit
	 * goes on with its predecessor.
	 */
	private void stopping() {
		if (!speaksForTheUnit()) {
			return;
		}
		this.supervisor.say("STOPPING=1", "EXTEND_TIMEOUT_USEC=" + this.stopTimeout.toMillis() * 1000,
				"STATUS=Draining");
	}

	private void terminated() {
		this.watchdog.stop();
		OptionalLong successor = this.server.successor();
		if (successor.isEmpty() && speaksForTheUnit()) {
			this.supervisor.say("STOPPING=1", "STATUS=Terminated");
		}
	}

	private boolean speaksForTheUnit() {
		return this.served || this.server.generation() == 1;
	}

	/**
	 * An application without listeners serves when it is ready.
	 */
	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.server.phase() == ExecutionPhase.SETUP) {
			running();
		}
	}

	@Override
	public void destroy() {
		this.watchdog.stop();
	}

}
