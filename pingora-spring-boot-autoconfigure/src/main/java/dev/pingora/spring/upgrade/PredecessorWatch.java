package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.pingora.spring.upgrade.Dialogue.Heard;
import dev.pingora.spring.upgrade.Message.Verb;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to a predecessor that drains, until it is gone.
 */
final class PredecessorWatch {

	private static final Logger logger = LoggerFactory.getLogger(PredecessorWatch.class);

	private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

	private final CountDownLatch settled = new CountDownLatch(1);

	private volatile boolean left;

	private volatile boolean closed;

	void start(Dialogue<SuccessorState> dialogue, long pid, Consumer<String> onAbort, Runnable onAlone,
			Consumer<String> onDrained) {
		Thread thread = new Thread(() -> run(dialogue, pid, onAbort, onAlone, onDrained), "pingora-predecessor");
		thread.setDaemon(true);
		thread.start();
	}

	private void run(Dialogue<SuccessorState> dialogue, long pid, Consumer<String> onAbort, Runnable onAlone,
			Consumer<String> onDrained) {
		Heard heard = dialogue.hear(Verb.HEARD, FOREVER);
		while (heard.event() != UpgradeEvent.LOST) {
			if (heard.event() == UpgradeEvent.HEARD) {
				settle();
			}
			else if (heard.event() == UpgradeEvent.DRAINING) {
				onAlone.run();
			}
			else if (heard.event() == UpgradeEvent.DRAINED) {
				onAlone.run();
				onDrained.accept(heard.text());
			}
			else if (heard.actions().contains(UpgradeAction.STOP_ACCEPTING)) {
				onAbort.accept(heard.text());
			}
			heard = dialogue.hear(Verb.DRAINED, FOREVER);
		}
		this.left = true;
		onAlone.run();
		settle();
		if (!this.closed) {
			logger.info("The predecessor (pid {}) has left", pid);
		}
	}

	/**
	 * Expect the end of the connection from this side.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Say that the predecessor cannot take its sockets back any more.
	 */
	void settle() {
		this.settled.countDown();
	}

	boolean awaitSettled(Duration timeout) throws InterruptedException {
		return this.settled.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	boolean hasLeft() {
		return this.left;
	}

}
