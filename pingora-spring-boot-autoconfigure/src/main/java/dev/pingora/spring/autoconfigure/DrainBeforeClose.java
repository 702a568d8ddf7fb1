package dev.pingora.spring.autoconfigure;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Ends the connections of a server when its context begins to close. Schedulers and
 * executors of Spring take no more tasks from that event on, which a request in flight
 * may need.
 */
final class DrainBeforeClose implements ApplicationListener<ContextClosedEvent>, Ordered {

	private final PingoraServerLifecycle lifecycle;

	private final ApplicationContext context;

	DrainBeforeClose(PingoraServerLifecycle lifecycle, ApplicationContext context) {
		this.lifecycle = lifecycle;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context && this.lifecycle.isRunning()) {
			this.lifecycle.stop();
		}
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
