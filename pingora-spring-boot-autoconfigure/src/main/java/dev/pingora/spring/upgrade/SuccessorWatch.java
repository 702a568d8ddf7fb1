package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.List;

import dev.pingora.spring.upgrade.Dialogue.Heard;
import dev.pingora.spring.upgrade.Message.Verb;

/**
 * Listens to a successor that was told to serve, until it is gone.
 */
final class SuccessorWatch {

	private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

	private final Dialogue<PredecessorState> dialogue;

	private final BackgroundWork background;

	private volatile Runnable onLost = () -> {
	};

	private volatile Runnable onLeaving = () -> {
	};

	SuccessorWatch(Dialogue<PredecessorState> dialogue, BackgroundWork background) {
		this.dialogue = dialogue;
		this.background = background;
	}

	/**
	 * Listen, and call back where this process has to take the traffic back.
	 */
	void start(Runnable lost, Runnable leaving) {
		this.onLost = lost;
		this.onLeaving = leaving;
		start();
	}

	/**
	 * Listen.
	 */
	void start() {
		Thread thread = new Thread(this::run, "pingora-successor");
		thread.setDaemon(true);
		thread.start();
	}

	private void run() {
		Heard heard = hear();
		while (heard.event() != UpgradeEvent.LOST && this.dialogue.state() != PredecessorState.KEEPING) {
			heard = hear();
		}
	}

	private Heard hear() {
		Heard heard = this.dialogue.hear(Verb.LEAVING, FOREVER);
		perform(heard.actions());
		if (heard.event() == UpgradeEvent.LEAVING) {
			this.onLeaving.run();
		}
		return heard;
	}

	/**
	 * Do what follows from the loss or the failure of the successor.
	 */
	void perform(List<UpgradeAction> actions) {
		if (actions.contains(UpgradeAction.ACCEPT_AGAIN)) {
			this.onLost.run();
		}
		if (actions.contains(UpgradeAction.START_BACKGROUND)) {
			this.background.start();
		}
	}

}
