package dev.pingora.spring.autoconfigure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import dev.pingora.spring.process.SignalActions;
import dev.pingora.spring.process.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Gives the signals of this process their meaning for a server. It takes its time beside
 * the start of the application, because native code has to be loaded.
 */
final class SignalRegistration implements AutoCloseable {

	private final SignalActions actions;

	private final PingoraProperties.Signals properties;

	private @Nullable FutureTask<Signals> registration;

	SignalRegistration(SignalActions actions, PingoraProperties.Signals properties) {
		this.actions = actions;
		this.properties = properties;
	}

	void begin() {
		if (this.properties.enabled()) {
			this.registration = new FutureTask<>(() -> Signals.install(this.properties.upgrade(), this.actions));
			Thread thread = new Thread(this.registration, "pingora-signals");
			thread.setDaemon(true);
			thread.start();
		}
	}

	/**
	 * Wait until the signals are handled.
	 * @throws dev.pingora.spring.process.SignalsUnavailableException if they cannot be
	 */
	void await() {
		if (this.registration != null) {
			get(this.registration);
		}
	}

	private static Signals get(FutureTask<Signals> registration) {
		try {
			return registration.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw new IllegalStateException("The signals cannot be handled", ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the signals were registered", ex);
		}
	}

	@Override
	public void close() {
		if (this.registration != null) {
			try {
				get(this.registration).close();
			}
			catch (RuntimeException ex) {
				// they were never registered, which has been reported at the start
			}
		}
	}

}
