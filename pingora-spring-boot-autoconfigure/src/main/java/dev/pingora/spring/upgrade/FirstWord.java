package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A word that is received in the background before it is waited for.
 */
final class FirstWord {

	private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

	private final CompletableFuture<Message> message = new CompletableFuture<>();

	private FirstWord() {
	}

	static FirstWord receive(UpgradeConnection connection, Runnable onWord) {
		FirstWord word = new FirstWord();
		Thread thread = new Thread(() -> {
			word.receive(connection);
			onWord.run();
		}, "pingora-predecessor-word");
		thread.setDaemon(true);
		thread.start();
		return word;
	}

	private void receive(UpgradeConnection connection) {
		try {
			this.message.complete(connection.receive("COMMIT", FOREVER));
		}
		catch (UpgradeException ex) {
			this.message.completeExceptionally(ex);
		}
	}

	/**
	 * Wait for it.
	 * @throws UpgradeException as if it was received only now
	 */
	Message await(String expected, Duration timeout) {
		try {
			return this.message.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new SilenceException(expected, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UpgradeException("Interrupted while waiting for " + expected, ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof UpgradeException known) ? known : new UpgradeException("Lost", ex);
		}
	}

}
