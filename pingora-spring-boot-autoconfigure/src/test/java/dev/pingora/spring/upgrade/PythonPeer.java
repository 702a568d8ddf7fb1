package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The other process of an upgrade, written in Python: another stack, with its own way to
 * pass descriptors.
 */
final class PythonPeer implements AutoCloseable {

	private final Process process;

	private final Path output;

	private PythonPeer(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Start a peer in one of its roles.
	 */
	static PythonPeer start(String role, UpgradeSocket socket) throws Exception {
		return start(role, socket, Map.of());
	}

	/**
	 * Start a peer that becomes another user.
	 */
	static PythonPeer start(String role, UpgradeSocket socket, long uid) throws Exception {
		return start(role, socket, Map.of("PEER_UID", Long.toString(uid)));
	}

	private static PythonPeer start(String role, UpgradeSocket socket, Map<String, String> environment)
			throws Exception {
		assumeTrue(isInstalled(),
				"python3 with socket.send_fds (3.9) is not installed: the wire format is not checked");
		Path script = Path.of(PythonPeer.class.getResource("/upgrade/peer.py").toURI());
		Path output = Files.createTempFile(socket.path().getParent(), role, ".txt");
		ProcessBuilder builder = new ProcessBuilder("python3", script.toString(), role, socket.path().toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().putAll(environment);
		return new PythonPeer(builder.start(), output);
	}

	private static boolean isInstalled() throws InterruptedException {
		try {
			return new ProcessBuilder("python3", "-c", "import socket; socket.send_fds").start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Wait for its end, and return what it has printed.
	 */
	List<String> output() throws Exception {
		assertThat(this.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		String text = Files.readString(this.output);
		assertThat(this.process.exitValue()).as(text).isZero();
		return text.lines().toList();
	}

	static String hex(String text) {
		StringBuilder hex = new StringBuilder();
		for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
			hex.append("%02x".formatted(each));
		}
		return hex.toString();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
