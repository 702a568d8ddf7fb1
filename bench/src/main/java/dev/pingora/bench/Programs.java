package dev.pingora.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The processes that a contender starts, and the signals that it sends them.
 */
final class Programs {

	private static final Duration TIMEOUT = Duration.ofMinutes(5);

	private static final int POLL_MILLIS = 5;

	private Programs() {
	}

	static Process start(Path log, List<String> command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectInput(Path.of("/dev/null").toFile())
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
	}

	static String output(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		process.waitFor();
		return output;
	}

	static boolean exists(String program) {
		return Files.isExecutable(Path.of("/usr/sbin", program));
	}

	static void signal(String name, long pid) throws IOException, InterruptedException {
		output("kill", "-" + name, Long.toString(pid));
	}

	static void awaitLog(Path log, String text) throws InterruptedException {
		await("'%s' in %s".formatted(text, log), () -> Files.readString(log).contains(text));
	}

	static void awaitAnswer(int port) throws InterruptedException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		await("an answer on port " + port, () -> {
			try (Connection connection = new Connection(address, false)) {
				return connection.exchange() > 0;
			}
		});
	}

	/**
	 * Wait until something is so, asking again and again.
	 */
	static void await(String what, Callable<Boolean> condition) throws InterruptedException {
		long deadline = System.nanoTime() + TIMEOUT.toNanos();
		CountDownLatch never = new CountDownLatch(1);
		while (!isSo(condition)) {
			if (System.nanoTime() > deadline || never.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
				throw new IllegalStateException("Waited in vain for " + what);
			}
		}
	}

	private static boolean isSo(Callable<Boolean> condition) {
		try {
			return condition.call();
		}
		catch (Exception ex) {
			return false;
		}
	}

	/**
	 * End a process whose end nobody measures.
	 */
	static void end(ProcessHandle process) throws InterruptedException {
		process.destroyForcibly();
		await("the end of process " + process.pid(), () -> !process.isAlive());
	}

}
