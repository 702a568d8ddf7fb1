package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A program of somebody else, which this machine has to have.
 */
final class Judge implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(6);

	private final Process process;

	private final Path output;

	Judge(String... command) throws IOException {
		this.output = Files.createTempFile("judge", ".log");
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(this.output.toFile())
				.start();
		}
		catch (IOException ex) {
			throw new IOException("This machine lacks the judge '%s': see docs/drain.md for what the profile needs"
				.formatted(command[0]), ex);
		}
	}

	void awaitEnd() throws IOException, InterruptedException {
		boolean ended = this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		close();
		assertThat(ended).as("the judge ends").isTrue();
	}

	void awaitPort(int port) {
		await().atMost(Duration.ofSeconds(20)).until(() -> {
			assertThat(this.process.isAlive()).as(Files.readString(this.output)).isTrue();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		});
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Files.deleteIfExists(this.output);
	}

}
