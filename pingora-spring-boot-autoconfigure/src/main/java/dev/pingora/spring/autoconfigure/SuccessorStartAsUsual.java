package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

import dev.pingora.spring.server.SuccessorStart;

/**
 * Lets a successor begin as usual, though the thread that hands over, and starts it,
 * comes after requests: a process begins with the nice value of the thread that starts
 * it.
 */
record SuccessorStartAsUsual(SuccessorStart delegate, UpgradePrecedence precedence) implements SuccessorStart {

	@Override
	public Process start() throws IOException {
		this.precedence.raiseCaller();
		try {
			return this.delegate.start();
		}
		finally {
			this.precedence.lowerCaller();
		}
	}

	@Override
	public Process test(Path output) throws IOException {
		return this.delegate.test(output);
	}

}
