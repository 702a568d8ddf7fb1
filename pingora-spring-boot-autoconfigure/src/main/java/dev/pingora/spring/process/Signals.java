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
		signals.handle("INT", actions::interrupt);
		signals.handle("TERM", actions::terminate);
		if (upgradeSignal == UpgradeSignal.QUIT) {
			signals.restore.add(QuitSignal.handle(() -> start("QUIT", actions::upgrade)));
		}
		else if (upgradeSignal != UpgradeSignal.NONE) {
			signals.handle(upgradeSignal.name(), actions::upgrade);
		}
		return signals;
	}

	private void handle(String name, Runnable action) {
		if (IgnoredSignals.isIgnored(name)) {
			IgnoredSignals.restoreDefault(name);
		}
		this.restore.add(new JvmSignal(name).handle(() -> start(name, action)));
	}

	private static void start(String name, Runnable action) {
		logger.info("Received SIG{}", name);
		new Thread(action, "pingora-sig" + name.toLowerCase(Locale.ROOT)).start();
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
