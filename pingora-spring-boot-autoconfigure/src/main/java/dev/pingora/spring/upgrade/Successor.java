package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.upgrade.Message.Verb;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The new process, seen from the old one.
 */
public final class Successor implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Successor.class);

	private static final Duration FOREVER = Duration.ofMillis(Integer.MAX_VALUE);

	private final UpgradeConnection connection;

	private final UpgradeTimeouts timeouts;

	private final Hello hello;

	private volatile boolean closed;

	private Successor(UpgradeConnection connection, UpgradeTimeouts timeouts, Hello hello) {
		this.connection = connection;
		this.timeouts = timeouts;
		this.hello = hello;
	}

	/**
	 * Load the native code of upgrades, which takes longer than the hand-over itself.
	 */
	public static void prepare() {
		logger.debug("Unix sockets can be used: {}", AFUNIXSocket.isSupported());
	}

	/**
	 * Connect to the new process, as soon as it listens.
	 * @param socket where it listens
	 * @param timeouts how long to wait
	 * @param generation the generation of this process
	 * @param more what else to tell, in one line that may be empty
	 * @return the new process
	 * @throws UpgradeException if there is none, or if it is not one of ours
	 * @throws InterruptedException if the upgrade is called off
	 */
	public static Successor await(UpgradeSocket socket, UpgradeTimeouts timeouts, int generation, String more)
			throws InterruptedException {
		UpgradeConnection connection = null;
		try {
			connection = socket.connect(timeouts.connect());
			Hello hello = Hello.parse(expect(connection, Verb.HELLO, timeouts.answer()));
			connection.send(new Hello(ProcessHandle.current().pid(), generation, more).message());
			return new Successor(connection, timeouts, hello);
		}
		catch (IOException ex) {
			close(connection);
			throw new UpgradeException("Cannot connect to '%s': %s".formatted(socket.path(), ex.getMessage()), ex);
		}
		catch (UpgradeException ex) {
			close(connection);
			throw ex;
		}
	}

	private static void close(@Nullable UpgradeConnection connection) {
		if (connection != null) {
			connection.close();
		}
	}

	/**
	 * Return the process id that the new process says it has.
	 * @return its pid
	 */
	public long pid() {
		return this.hello.pid();
	}

	/**
	 * Hand over sockets. They stay open here.
	 * @param sockets the name and the descriptor of each
	 * @throws UpgradeException if the new process does not confirm them
	 */
	public void handOver(List<InheritedSocket> sockets) {
		try {
			int sent = 0;
			for (SocketBatch batch : SocketBatch.split(sockets)) {
				this.connection.send(batch);
				sent += batch.sockets().size();
				Message received = expect(this.connection, Verb.RECEIVED, this.timeouts.answer());
				if (!received.text().equals(Integer.toString(sent))) {
					throw new UpgradeException(
							"The successor received %s of %d sockets".formatted(received.text(), sent));
				}
			}
		}
		catch (IOException ex) {
			throw new UpgradeException("The sockets cannot be sent: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Wait until the new process could accept at once.
	 * @return how long it says that its warm-up took
	 * @throws UpgradeException if it fails, is gone, or is not prepared in time
	 */
	public Duration awaitPrepared() {
		return WarmUpText.parse(expect(this.connection, Verb.PREPARED, this.timeouts.ready()).text());
	}

	/**
	 * Tell the new process to accept, and wait until it does.
	 * @param more what else to tell, in one line that may be empty
	 * @return the names of the sockets that it does not want
	 * @throws UpgradeException if it does not say so in time
	 */
	public List<String> commit(String more) {
		tell(Message.of(Verb.COMMIT, more));
		String unwanted = expect(this.connection, Verb.SERVING, this.timeouts.answer()).text();
		return List.of(unwanted.split(" "));
	}

	private static Message expect(UpgradeConnection connection, Verb verb, Duration timeout) {
		Message message = connection.receive(verb.name(), timeout);
		if (message.verb() == Verb.FAILED) {
			throw new UpgradeException("The successor failed: " + message.text());
		}
		if (message.verb() != verb) {
			throw new UpgradeException("The successor sent %s instead of %s".formatted(message.verb(), verb));
		}
		return message;
	}

	/**
	 * Take the sockets back and leave.
	 * @param reason why, in one sentence
	 */
	public void abort(String reason) {
		tell(Message.of(Verb.ABORT, reason));
		close();
	}

	/**
	 * Take the sockets back from a new process that may have begun to serve.
	 * @param reason why, in one sentence
	 * @param onStopped called, on a thread of its own, when it says that it leaves or is
	 * gone
	 */
	public void abort(String reason, Runnable onStopped) {
		tell(Message.of(Verb.ABORT, reason));
		Thread thread = new Thread(() -> {
			awaitLeaving();
			close();
			onStopped.run();
		}, "pingora-successor");
		thread.setDaemon(true);
		thread.start();
	}

	private void awaitLeaving() {
		try {
			Message message = this.connection.receive("LEAVING", FOREVER);
			while (message.verb() != Verb.LEAVING) {
				message = this.connection.receive("LEAVING", FOREVER);
			}
		}
		catch (UpgradeException ex) {
			logger.debug("The successor is gone", ex);
		}
	}

	/**
	 * Say that this process accepts no more, after both did.
	 */
	public void draining() {
		tell(Message.of(Verb.DRAINING, ""));
	}

	/**
	 * Say that the last connection of this process has ended.
	 * @param more what else to tell, in one line that may be empty
	 */
	public void drained(String more) {
		tell(Message.of(Verb.DRAINED, more));
	}

	/**
	 * Say something. Where it is not heard, the last word of the other process can still
	 * be read.
	 */
	private void tell(Message message) {
		try {
			this.connection.send(message);
		}
		catch (IOException ex) {
			logger.debug("The successor does not hear '{}'", message.verb(), ex);
		}
	}

	/**
	 * Call back, on a thread of its own, when the new process goes.
	 * @param onLost called when it is gone without having said that it leaves, once at
	 * the most, and not after {@link #close()}
	 * @param onLeaving called when it says that it leaves
	 */
	public void onGone(Runnable onLost, Runnable onLeaving) {
		Thread thread = new Thread(() -> watch(onLost, onLeaving), "pingora-successor");
		thread.setDaemon(true);
		thread.start();
	}

	private void watch(Runnable onLost, Runnable onLeaving) {
		try {
			this.connection.receive("the end of the drain", FOREVER);
			onLeaving.run();
		}
		catch (ConnectionLostException ex) {
			if (!this.closed) {
				onLost.run();
			}
		}
		catch (UpgradeException ex) {
			logger.warn("Strange word from the successor: {}", ex.getMessage());
		}
	}

	/**
	 * Leave. A thread that still waited in native code would delay the exit of the JVM by
	 * 300 ms.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.connection.close();
	}

}
