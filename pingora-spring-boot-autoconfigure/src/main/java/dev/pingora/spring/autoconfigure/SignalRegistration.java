package dev.pingora.spring.autoconfigure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import dev.pingora.spring.process.Exit;
import dev.pingora.spring.process.SignalActions;
import dev.pingora.spring.process.Signals;
import dev.pingora.spring.server.PingoraServer;
import org.jspecify.annotations.Nullable;

/**
 * Gives the signals of this process their meaning for a server. It takes its time beside
 * the start of the application, because native code has to be loaded.
 */
final class SignalRegistration implements SignalActions, AutoCloseable {

	private final PingoraServer server;

	private final PingoraProperties properties;

	private @Nullable FutureTask<Signals> registration;

	SignalRegistration(PingoraServer server, PingoraProperties properties) {
		this.server = server;
		this.properties = properties;
	}

	void begin() {
		if (this.properties.signals().enabled()) {
			this.registration = new FutureTask<>(() -> Signals.install(this.properties.signals().upgrade(), this));
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
	public void interrupt() {
		Thread closing = new Thread(this.server::interrupt, "pingora-interrupt");
		closing.setDaemon(true);
		closing.start();
		Exit.atOnce(Exit.INTERRUPTED, this.properties.shutdown().fastTimeout());
	}

	@Override
	public void terminate() {
		this.server.terminate(Exit.TERMINATED);
	}

	@Override
	public void upgrade() {
		this.server.upgrade();
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
