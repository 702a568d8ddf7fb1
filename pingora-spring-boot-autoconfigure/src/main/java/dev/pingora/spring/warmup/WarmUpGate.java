package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.SeenRequest;
import dev.pingora.spring.service.WarmUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server passes before it says that it could accept.
 */
public final class WarmUpGate {

	private static final Logger logger = LoggerFactory.getLogger(WarmUpGate.class);

	private final WarmUpSettings settings;

	private final WarmUpMark mark = new WarmUpMark();

	private Supplier<List<WarmUp>> beans = List::of;

	private volatile @Nullable WarmUpRun run;

	private volatile boolean closed;

	private volatile boolean warm;

	/**
	 * Create the gate.
	 * @param settings how the server warms up
	 */
	public WarmUpGate(WarmUpSettings settings) {
		this.settings = settings;
	}

	/**
	 * Set where the application's own warm-ups are found.
	 * @param newBeans returns them, in their order
	 */
	public void beans(Supplier<List<WarmUp>> newBeans) {
		this.beans = newBeans;
	}

	/**
	 * Return what marks the requests of the warm-up.
	 * @return the header
	 */
	public WarmUpMark mark() {
		return this.mark;
	}

	/**
	 * Warm up, where that is wanted. It never throws.
	 * @param successor whether there is a predecessor
	 * @param listeners the listeners, which do not accept
	 * @param seen what the predecessor was asked most, by service
	 * @return how long it took
	 */
	public Duration pass(boolean successor, List<Listener> listeners, Map<String, List<SeenRequest>> seen) {
		if (!this.settings.enabled() || (!successor && !this.settings.coldStart())) {
			return Duration.ZERO;
		}
		try {
			return warmUp(listeners, seen);
		}
		catch (RuntimeException ex) {
			logger.warn("The warm-up failed: {}", ex.toString());
			return Duration.ZERO;
		}
	}

	private Duration warmUp(List<Listener> listeners, Map<String, List<SeenRequest>> seen) {
		List<WarmUp> found = this.beans.get();
		if (found.isEmpty() && this.settings.requests().isEmpty() && seen.isEmpty()) {
			logger.info("Nothing to warm up with: no requests are configured, and the predecessor has told of none");
			return Duration.ZERO;
		}
		// What is noted now is forgotten, but the warm-up takes the way of real requests.
		note(listeners);
		WarmUpRun begun = new WarmUpRun(this.settings.timeout(), this.mark.begin());
		this.run = begun;
		try {
			if (this.closed) {
				return Duration.ZERO;
			}
			Duration taken = begun.run(found, () -> Aims.of(this.settings.requests(), seen, listeners));
			this.warm = begun.isWarm();
			return taken;
		}
		finally {
			this.run = null;
			this.mark.end();
		}
	}

	/**
	 * Return whether this process has warmed up, so that most of its code is compiled.
	 * @return whether latency had settled, or many requests were answered, when the
	 * warm-up ended
	 */
	public boolean isWarm() {
		return this.warm;
	}

	/**
	 * End the warm-up that is under way, and begin none.
	 * @param reason why
	 */
	public void close(String reason) {
		this.closed = true;
		WarmUpRun current = this.run;
		if (current != null) {
			current.end(reason);
		}
	}

	/**
	 * Begin to note what a successor may warm up with.
	 * @param listeners the listeners that serve others than operators
	 */
	public void note(List<Listener> listeners) {
		if (this.settings.enabled()) {
			listeners.forEach((listener) -> listener.connections().seen().begin(this.settings.queryStrings()));
		}
	}

}
