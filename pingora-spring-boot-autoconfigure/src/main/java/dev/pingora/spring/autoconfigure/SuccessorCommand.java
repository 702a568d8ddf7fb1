package dev.pingora.spring.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

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

	private static final String TEST = "-t";

	private final boolean flags;

	private final boolean memoryCheck;

	/**
	 * Create the command.
	 * @param flags whether a process so started knows the flags of the server
	 * @param memoryCheck whether there has to be memory for it
	 */
	SuccessorCommand(boolean flags, boolean memoryCheck) {
		this.flags = flags;
		this.memoryCheck = memoryCheck;
	}

	@Override
	public Process start() throws IOException {
		return process(UPGRADE).redirectOutput(ProcessBuilder.Redirect.INHERIT)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	@Override
	public Process test(Path output) throws IOException {
		return process(TEST).redirectErrorStream(true).redirectOutput(output.toFile()).start();
	}

	private ProcessBuilder process(String flag) {
		if (!this.flags) {
			throw new UpgradeException("No successor is started, because it would not know the flag '%s': '%s' is false"
				.formatted(flag, CommandLineFlags.ENABLED));
		}
		if (this.memoryCheck) {
			new MemoryCheck().refusal().ifPresent((reason) -> {
				throw new UpgradeException(
						"No successor is started, because %s; free memory, or set 'pingora.upgrade.memory-check=false'"
							.formatted(reason));
			});
		}
		JvmCommand command = JvmCommand.ofThisProcess();
		return (command.arguments().contains(flag) ? command : command.with(flag)).toProcess()
			.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
	}

}
