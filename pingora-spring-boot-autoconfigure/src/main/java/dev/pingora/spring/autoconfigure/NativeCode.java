package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.process.Signals;

import org.springframework.core.env.Environment;

/**
 * The native code that every start needs. It is loaded beside the start of the
 * application, which would otherwise wait for it.
 */
final class NativeCode {

	private NativeCode() {
	}

	/**
	 * Begin to load it. What cannot be loaded is reported where it is needed.
	 */
	static void load(Environment environment) {
		boolean signals = environment.getProperty("pingora.signals.enabled", Boolean.class, true);
		Thread thread = new Thread(() -> {
			EventLoops.canAdopt();
			if (signals) {
				Signals.prepare();
			}
		}, "pingora-native-code");
		thread.setDaemon(true);
		thread.start();
	}

}
