package dev.pingora.spring.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handlers of this process for SIGINT, SIGTERM and the signal that upgrades. They
 * replace the JVM's own, which start its shutdown at once.
 */
public final class Signals implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(Signals.class);

	private final List<Runnable> restore = new ArrayList<>();

	private Signals() {
	}

	/**
	 * Load what the handlers need, which takes longer than to install them. What cannot
	 * be loaded is answered when they are installed.
	 */
	public static void prepare() {
		try {
			HotSpot.reducesSignalUsage();
			DataDumpRequest.prepare();
		}
		catch (LinkageError | RuntimeException ex) {
			logger.debug("The native code of the signals cannot be loaded", ex);
		}
	}

	/**
	 * Install the handlers.
	 * @param upgradeSignal the signal that upgrades
	 * @param actions what the signals mean
	 * @return the installed handlers, which {@link #close()} takes away again
	 * @throws SignalsUnavailableException if this JVM was started with {@code -Xrs}
	 */
	public static Signals install(UpgradeSignal upgradeSignal, SignalActions actions) {
		if (HotSpot.reducesSignalUsage()) {
			throw new SignalsUnavailableException();
		}
		Signals signals = new Signals();
		signals.handle("INT", actions::interrupt, true);
		signals.handle("TERM", actions::terminate, true);
		if (upgradeSignal == UpgradeSignal.QUIT) {
			signals.restore.add(QuitSignal.handle(() -> start("QUIT", actions::upgrade, false)));
		}
		else if (upgradeSignal != UpgradeSignal.NONE) {
			signals.handle(upgradeSignal.name(), actions::upgrade, false);
		}
		return signals;
	}

	private void handle(String name, Runnable action, boolean exits) {
		if (IgnoredSignals.isIgnored(name)) {
			IgnoredSignals.restoreDefault(name);
		}
		this.restore.add(new JvmSignal(name).handle(() -> start(name, action, exits)));
	}

	/**
	 * Start the thread of a signal.
	 * @param exits whether it ends the process. It keeps the JVM up until it does,
	 * because a JVM whose last other thread ends meanwhile would exit with 0
	 */
	private static void start(String name, Runnable action, boolean exits) {
		logger.info("Received SIG{}", name);
		Thread thread = new Thread(action, "pingora-sig" + name.toLowerCase(Locale.ROOT));
		thread.setDaemon(!exits);
		thread.start();
	}

	/**
	 * Give the signals back to the JVM.
	 */
	@Override
	public void close() {
		this.restore.forEach(Runnable::run);
		this.restore.clear();
	}

}
