package dev.pingora.spring.process;

/**
 * Thrown when this JVM leaves the signals to the operating system ({@code -Xrs}), where
 * SIGQUIT would kill it.
 */
public class SignalsUnavailableException extends IllegalStateException {

	SignalsUnavailableException() {
		super("This JVM was started with '-Xrs' (ReduceSignalUsage) and cannot handle signals");
	}

}
