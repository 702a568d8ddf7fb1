package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Message.Verb;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The old process, seen from the new one.
 */
public final class Predecessor implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Predecessor.class);

	private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

	private final UpgradeServer server;

	private final UpgradeTimeouts timeouts;

	private final CompletableFuture<List<InheritedSocket>> sockets = new CompletableFuture<>();

	private volatile @Nullable UpgradeConnection connection;

	private volatile @Nullable Hello hello;

	private volatile boolean closed;

	private volatile boolean left;

	private volatile @Nullable CompletableFuture<Message> word;

	private Predecessor(UpgradeServer server, UpgradeTimeouts timeouts) {
		this.server = server;
		this.timeouts = timeouts;
	}

	/**
	 * Listen for the old process, and receive its sockets in the background.
	 * @param socket where to listen
	 * @param timeouts how long to wait
	 * @return the old process, which may not have connected yet
	 * @throws UpgradeException if the socket cannot be listened on
	 */
	public static Predecessor listen(UpgradeSocket socket, UpgradeTimeouts timeouts) {
		try {
			Predecessor predecessor = new Predecessor(UpgradeServer.open(socket), timeouts);
			Thread thread = new Thread(predecessor::receive, "pingora-predecessor");
			thread.setDaemon(true);
			thread.start();
			logger.info("Waiting for the predecessor on '{}'", socket.path());
			return predecessor;
		}
		catch (IOException ex) {
			throw new UpgradeException(
					"Cannot listen on 'pingora.upgrade.sock' ('%s'): %s".formatted(socket.path(), ex.getMessage()), ex);
		}
	}

	private void receive() {
		try (this.server) {
			long deadline = System.nanoTime() + this.timeouts.receive().toNanos();
			while (!this.sockets.isDone()) {
				receiveFrom(this.server.accept(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is, the thread that waits for the sockets must hear of it.
			this.sockets.completeExceptionally(ex);
		}
	}

	/**
	 * Receive from one process. One that leaves without a socket was not the predecessor.
	 */
	private void receiveFrom(UpgradeConnection candidate) throws IOException {
		List<InheritedSocket> received = new ArrayList<>();
		try {
			candidate.send(new Hello(ProcessHandle.current().pid(), 0, "").message());
			receiveAll(candidate, received);
			verify(received);
			this.connection = candidate;
			this.sockets.complete(List.copyOf(received));
		}
		catch (IOException | RuntimeException | Error ex) {
			received.forEach(InheritedSocket::close);
			tell(candidate, Message.of(Verb.FAILED, String.valueOf(ex.getMessage())));
			candidate.close();
			logger.warn("Nothing was handed over: {}", ex.getMessage());
		}
	}

	private void receiveAll(UpgradeConnection candidate, List<InheritedSocket> received) throws IOException {
		Duration answer = this.timeouts.answer();
		UpgradeConnection.First first = candidate.receiveFirst("HELLO", answer);
		this.hello = first.hello();
		SocketBatch batch = first.batch();
		do {
			batch = (batch != null) ? batch : candidate.receiveSockets("the sockets", answer);
			received.addAll(batch.sockets());
			if (this.hello != null) {
				candidate.send(Message.of(Verb.RECEIVED, Integer.toString(received.size())));
			}
			if (batch.more() == 0) {
				return;
			}
			batch = null;
		}
		while (true);
	}

	private static void verify(List<InheritedSocket> received) {
		for (InheritedSocket socket : received) {
			if (!socket.isListening()) {
				throw new UpgradeException(
						"What was sent as '%s' is not a socket that listens".formatted(socket.name()));
			}
		}
	}

	/**
	 * Return whether the sockets of the old process are here.
	 * @return whether {@link #sockets()} would not wait
	 */
	public boolean hasConnected() {
		return this.sockets.isDone();
	}

	/**
	 * Return the sockets that the old process handed over, as soon as they are here.
	 * @return the sockets, which belong to this process now
	 * @throws UpgradeException if none came in time
	 */
	public List<InheritedSocket> sockets() {
		try {
			return this.sockets.get();
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new UpgradeException(String.valueOf(cause.getMessage()), cause);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UpgradeException("Interrupted while waiting for the predecessor", ex);
		}
	}

	/**
	 * Return the generation of the old process.
	 * @return its generation, 1 if it did not say
	 */
	public int generation() {
		Hello said = this.hello;
		return (said != null) ? said.generation() : 1;
	}

	/**
	 * Return the process id that the old process says it has.
	 * @return its pid, or {@code null} as long as it is not known
	 */
	public @Nullable Long pid() {
		Hello said = this.hello;
		return (said != null) ? said.pid() : null;
	}

	/**
	 * Return what else the old process said in its greeting.
	 * @return a line that may be empty
	 */
	public String greeting() {
		Hello said = this.hello;
		return (said != null) ? said.more() : "";
	}

	/**
	 * Return whether the old process has served here and is gone.
	 * @return whether its connection has ended
	 */
	public boolean hasLeft() {
		return this.left;
	}

	/**
	 * Listen to the old process from now on, while this one goes on with its start.
	 * @param onWord called when the old process says something before it is asked, or is
	 * gone: there is no need to go on
	 */
	public void onWord(Runnable onWord) {
		UpgradeConnection current = this.connection;
		if (current == null || this.hello == null) {
			return;
		}
		CompletableFuture<Message> next = new CompletableFuture<>();
		this.word = next;
		Thread thread = new Thread(() -> {
			receive(current, next);
			onWord.run();
		}, "pingora-predecessor-word");
		thread.setDaemon(true);
		thread.start();
	}

	private static void receive(UpgradeConnection current, CompletableFuture<Message> next) {
		try {
			next.complete(current.receive("COMMIT", FOREVER));
		}
		catch (UpgradeException ex) {
			next.completeExceptionally(ex);
		}
	}

	private Message commit(UpgradeConnection current) {
		CompletableFuture<Message> next = this.word;
		if (next == null) {
			return current.receive("COMMIT", this.timeouts.answer());
		}
		try {
			return next.get(this.timeouts.answer().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new UpgradeException("The other process did not send COMMIT in time", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UpgradeException("Interrupted while waiting for the predecessor", ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof UpgradeException known) ? known : new UpgradeException("Lost", ex);
		}
	}

	/**
	 * Say that this process could accept at once, and wait for the word to do so. When
	 * the old process is gone the word will not come and nobody else would accept.
	 * @param warmUp how long the warm-up took
	 * @return what else the old process said with its word, a line that may be empty
	 * @throws UpgradeException if the old process takes its sockets back, or stays silent
	 */
	public String awaitCommit(Duration warmUp) {
		UpgradeConnection current = this.connection;
		if (current == null || this.hello == null) {
			return "";
		}
		try {
			// Where this is not heard, the last word of the predecessor can still be
			// read.
			tell(current, Message.of(Verb.PREPARED, WarmUpText.of(warmUp)));
			Message answer = commit(current);
			if (answer.verb() != Verb.COMMIT) {
				throw new UpgradeException("The predecessor answered %s: %s".formatted(answer.verb(), answer.text()));
			}
			return answer.text();
		}
		catch (ConnectionLostException ex) {
			logger.warn("The predecessor is gone before its COMMIT: this process takes over");
			return "";
		}
	}

	/**
	 * Say that this process accepts, and watch the old one leave.
	 * @param unwanted the names of the sockets that this process does not serve
	 * @param onAbort called when the old process did not hear of it in time and took its
	 * sockets back
	 * @param onAlone called when the old process accepts no more
	 * @param onDrained called with what the old process says when its last connection has
	 * ended
	 */
	public void serving(List<String> unwanted, Consumer<String> onAbort, Runnable onAlone, Consumer<String> onDrained) {
		UpgradeConnection current = this.connection;
		if (current == null || this.hello == null) {
			onAlone.run();
			return;
		}
		tell(current, Message.of(Verb.SERVING, String.join(" ", unwanted)));
		Thread thread = new Thread(() -> watch(current, onAbort, onAlone, onDrained), "pingora-predecessor");
		thread.setDaemon(true);
		thread.start();
	}

	private void watch(UpgradeConnection current, Consumer<String> onAbort, Runnable onAlone,
			Consumer<String> onDrained) {
		try {
			Message message = current.receive("ABORT", FOREVER);
			while (message.verb() == Verb.DRAINING || message.verb() == Verb.DRAINED) {
				onAlone.run();
				if (message.verb() == Verb.DRAINED) {
					onDrained.accept(message.text());
				}
				message = current.receive("ABORT", FOREVER);
			}
			if (message.verb() == Verb.ABORT) {
				onAbort.accept(message.text());
			}
		}
		catch (UpgradeException ex) {
			Hello said = this.hello;
			if (!this.closed && said != null) {
				logger.info("The predecessor (pid {}) has left", said.pid());
			}
		}
		finally {
			this.left = true;
			onAlone.run();
			current.close();
		}
	}

	/**
	 * Say that this process leaves because it was told to: the old one shall not take its
	 * sockets back.
	 */
	public void leave() {
		UpgradeConnection current = this.connection;
		if (current != null && this.hello != null) {
			tell(current, Message.of(Verb.LEAVING, ""));
		}
	}

	/**
	 * Say that this process gives up.
	 * @param reason why, in one sentence
	 */
	public void fail(String reason) {
		UpgradeConnection current = this.connection;
		if (current != null) {
			tell(current, Message.of(Verb.FAILED, reason));
		}
		close();
	}

	private static void tell(UpgradeConnection connection, Message message) {
		try {
			connection.send(message);
		}
		catch (IOException ex) {
			logger.debug("The other process does not hear '{}'", message.verb(), ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.server.close();
		UpgradeConnection current = this.connection;
		if (current != null) {
			current.close();
		}
	}

}
