package dev.pingora.spring.server;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.upgrade.UpgradeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A successor that this process has started itself, and therefore ends where it does not
 * take over.
 */
final class StartedSuccessor {

	private static final Logger logger = LoggerFactory.getLogger(StartedSuccessor.class);

	private final Process process;

	private StartedSuccessor(Process process) {
		this.process = process;
	}

	/**
	 * Start a successor for a hand-over, which fails as soon as the process ends before
	 * it could be heard.
	 * @throws UpgradeException if it cannot be started
	 */
	static StartedSuccessor start(SuccessorStart start, HandOver handOver) {
		try {
			Process process = start.start();
			logger.info("Started the successor (pid {})", process.pid());
			run("pingora-successor-exit", () -> handOver.successorExited(process.waitFor()));
			return new StartedSuccessor(process);
		}
		catch (IOException ex) {
			throw new UpgradeException("The successor cannot be started: " + ex.getMessage(), ex);
		}
	}

	/**
	 * End the process: at first so that it can close what it has opened, and when the
	 * time is over at once.
	 */
	void end(Duration timeout) {
		if (this.process.isAlive()) {
			logger.info("Ending the successor (pid {}), which does not take over", this.process.pid());
			this.process.destroy();
			run("pingora-successor-end", () -> {
				if (!this.process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
					this.process.destroyForcibly();
				}
			});
		}
	}

	private static void run(String name, Wait wait) {
		Thread thread = new Thread(() -> {
			try {
				wait.run();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Something that waits for the process.
	 */
	private interface Wait {

		void run() throws InterruptedException;

	}

}
