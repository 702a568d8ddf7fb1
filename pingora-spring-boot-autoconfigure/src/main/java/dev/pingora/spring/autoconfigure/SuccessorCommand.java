package dev.pingora.spring.autoconfigure;

import java.io.File;
import java.io.IOException;

import dev.pingora.spring.process.JvmCommand;
import dev.pingora.spring.process.MemoryCheck;
import dev.pingora.spring.server.SuccessorStart;
import dev.pingora.spring.upgrade.UpgradeException;

/**
 * Starts a successor with the command line of this process: whatever is at its paths now,
 * so that a new jar is renamed into place before.
 */
final class SuccessorCommand implements SuccessorStart {

	private static final String UPGRADE = "-u";

	private final boolean memoryCheck;

	SuccessorCommand(boolean memoryCheck) {
		this.memoryCheck = memoryCheck;
	}

	@Override
	public Process start() throws IOException {
		if (this.memoryCheck) {
			new MemoryCheck().refusal().ifPresent((reason) -> {
				throw new UpgradeException(
						"No successor is started, because %s; free memory, or set 'pingora.upgrade.memory-check=false'"
							.formatted(reason));
			});
		}
		JvmCommand command = JvmCommand.ofThisProcess();
		return (command.arguments().contains(UPGRADE) ? command : command.with(UPGRADE)).toProcess()
			.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
			.redirectOutput(ProcessBuilder.Redirect.INHERIT)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

}
