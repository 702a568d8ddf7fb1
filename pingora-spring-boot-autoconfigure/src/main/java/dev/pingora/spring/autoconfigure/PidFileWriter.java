package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.process.PidFile;
import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.ExecutionPhaseListener;
import dev.pingora.spring.server.PingoraServer;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * Names this process in the pid file whenever it begins to serve, the return of its
 * traffic from a successor included. An application without listeners serves when it is
 * ready.
 */
final class PidFileWriter
		implements ExecutionPhaseListener, ApplicationListener<ApplicationReadyEvent>, DisposableBean {

	private final PidFile file;

	private final PingoraServer server;

	PidFileWriter(PidFile file, PingoraServer server) {
		this.file = file;
		this.server = server;
	}

	@Override
	public void onPhase(ExecutionPhase phase) {
		if (phase == ExecutionPhase.RUNNING) {
			this.file.write();
		}
		else if (phase == ExecutionPhase.TERMINATED) {
			this.file.remove();
		}
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.server.phase() == ExecutionPhase.SETUP) {
			this.file.write();
		}
	}

	@Override
	public void destroy() {
		this.file.remove();
	}

}
