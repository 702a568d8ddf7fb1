package dev.pingora.spring.upgrade;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.pingora.spring.upgrade.Message.Verb;
import dev.pingora.spring.upgrade.Transitions.Transition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of an upgrade: the connection, and the state of this process, which changes by
 * the rules of the {@linkplain UpgradeProtocol protocol} alone. A change says what the
 * rule says; the rest of what is to be done is left to the caller.
 *
 * @param <S> the states
 */
final class Dialogue<S extends Enum<S>> implements Closeable {

	private static final Logger logger = LoggerFactory.getLogger(Dialogue.class);

	private final UpgradeConnection connection;

	private final Transitions<S> rules;

	private final String peer;

	private S state;

	private @Nullable UpgradeException failure;

	private volatile @Nullable FirstWord ahead;

	Dialogue(UpgradeConnection connection, Transitions<S> rules, S state, String peer) {
		this.connection = connection;
		this.rules = rules;
		this.state = state;
		this.peer = peer;
	}

	UpgradeConnection connection() {
		return this.connection;
	}

	synchronized S state() {
		return this.state;
	}

	/**
	 * Say who this process is.
	 */
	void greet(String text) {
		tell(Message.of(Verb.HELLO, text));
	}

	/**
	 * Let something happen here.
	 * @param text what is said with it, or why it happens
	 * @return what is to be done besides talking; nothing where no rule names the event
	 */
	synchronized List<UpgradeAction> on(UpgradeEvent event, String text) {
		Transition<S> rule = this.rules.find(this.state, event);
		return (rule != null) ? follow(rule, text) : List.of();
	}

	/**
	 * Let something happen here that ends the upgrade where a rule names it.
	 * @return what is to be done besides talking
	 */
	synchronized List<UpgradeAction> on(UpgradeEvent event, UpgradeException reason) {
		Transition<S> rule = this.rules.find(this.state, event);
		if (rule == null) {
			return List.of();
		}
		this.failure = reason;
		return follow(rule, String.valueOf(reason.getMessage()));
	}

	private List<UpgradeAction> follow(Transition<S> rule, String text) {
		logger.debug("{} in {}: {}", rule.event(), rule.from(), rule.to());
		this.state = rule.to();
		for (UpgradeAction action : rule.actions()) {
			if (action.isWord() && !tell(Message.of(action.verb(), text)) && isLoss(rule)) {
				return on(UpgradeEvent.LOST, new ConnectionLostException("the end of the drain", null));
			}
			if (action == UpgradeAction.CLOSE) {
				this.connection.close();
			}
		}
		return rule.actions().stream().filter((action) -> !action.isWord() && action != UpgradeAction.CLOSE).toList();
	}

	/**
	 * Who is about to leave the sockets to the other process stays where that one does
	 * not hear of it.
	 */
	private boolean isLoss(Transition<S> rule) {
		boolean leaving = rule.event() == UpgradeEvent.DRAINED
				&& this.rules.find(rule.from(), UpgradeEvent.LOST) != null;
		if (leaving) {
			this.state = rule.from();
		}
		return leaving;
	}

	/**
	 * Wait for the next word of the other process, its loss or its silence, and follow
	 * the rule for it.
	 * @param expected the word that is waited for
	 */
	Heard hear(Verb expected, Duration timeout) {
		return hear(expected.name(), timeout);
	}

	private Heard hear(String expected, Duration timeout) {
		try {
			return heard(receive(expected, timeout), expected, "");
		}
		catch (UpgradeException ex) {
			return heard(ex);
		}
	}

	private Message receive(String expected, Duration timeout) {
		FirstWord first = this.ahead;
		if (first == null) {
			return this.connection.receive(expected, timeout);
		}
		Message message = first.await(expected, timeout);
		this.ahead = null;
		return message;
	}

	/**
	 * Receive the next word from now on in the background. It is heard as soon as it is
	 * waited for.
	 * @param onWord called when it has come, or will not
	 */
	void listenAhead(Runnable onWord) {
		this.ahead = FirstWord.receive(this.connection, onWord);
	}

	/**
	 * Follow the rule for the loss of the other process, its silence or its nonsense.
	 */
	Heard heard(UpgradeException ex) {
		UpgradeEvent event = (ex instanceof ConnectionLostException) ? UpgradeEvent.LOST
				: (ex instanceof SilenceException) ? UpgradeEvent.TIMEOUT : UpgradeEvent.STRANGE;
		return new Heard(event, String.valueOf(ex.getMessage()), on(event, ex));
	}

	/**
	 * Follow the rule for a word.
	 * @param answer what is said in answer to it, if it is what was expected
	 */
	synchronized Heard heard(Message message, String expected, String answer) {
		UpgradeEvent said = UpgradeEvent.of(message.verb());
		UpgradeEvent event = (this.rules.find(this.state, said) != null) ? said : UpgradeEvent.STRANGE;
		List<UpgradeAction> actions = (event == said && message.verb().name().equals(expected)) ? on(event, answer)
				: on(event, unexpected(message, expected));
		return new Heard(said, message.text(), actions);
	}

	private UpgradeException unexpected(Message message, String expected) {
		return switch (message.verb()) {
			case FAILED -> new UpgradeException("The %s failed: %s".formatted(this.peer, message.text()));
			case ABORT -> new UpgradeException("The %s answered ABORT: %s".formatted(this.peer, message.text()));
			default ->
				new UpgradeException("The %s sent %s instead of %s".formatted(this.peer, message.verb(), expected));
		};
	}

	/**
	 * Return why the upgrade has ended, if it has.
	 */
	synchronized UpgradeException failure() {
		UpgradeException reason = this.failure;
		return (reason != null) ? new UpgradeException(String.valueOf(reason.getMessage()), reason)
				: new UpgradeException("The upgrade has ended");
	}

	/**
	 * Say something. Where it is not heard, the last word of the other process can still
	 * be read.
	 * @return whether the other process had not closed its end
	 */
	private boolean tell(Message message) {
		try {
			this.connection.send(message);
			return true;
		}
		catch (IOException ex) {
			logger.debug("The {} does not hear '{}'", this.peer, message.verb(), ex);
			return false;
		}
	}

	@Override
	public void close() {
		this.connection.close();
	}

	/**
	 * What came of waiting for the other process.
	 *
	 * @param event what has happened
	 * @param text what was said
	 * @param actions what is to be done
	 */
	record Heard(UpgradeEvent event, String text, List<UpgradeAction> actions) {
	}

}
