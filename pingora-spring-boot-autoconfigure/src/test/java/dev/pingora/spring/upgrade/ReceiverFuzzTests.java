package dev.pingora.spring.upgrade;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Candidate} with random and mutated messages: three seconds in the
 * ordinary build, longer with the profile {@code fuzz}.
 */
@Timeout(900)
class ReceiverFuzzTests {

	private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 3));

	private static final Duration ANSWER = Duration.ofMillis(20);

	/**
	 * What a candidate may take: a pause after each of its messages, and the machine's.
	 */
	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final List<String> WORDS = List.of("HELLO pingora-spring/1 pid=12 generation=3 upgrade:x\n",
			"127.0.0.1:80", "127.0.0.1:80 [::]:81 +3", "/run/app.sock +0", "+2", "ABORT why\n", "FAILED why\n",
			"COMMIT count:a=1\n", "\n", " ", "+", "HELLO", "+99999999999 a");

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	private final long seed = Long.getLong("fuzz.seed", System.nanoTime());

	private final Random random = new Random(this.seed);

	@Test
	void everyMessageIsTakenOrRefusedInTimeAndNothingIsKept() throws Exception {
		Path file = Files.createFile(this.upgrade.directory().resolve("file"));
		InheritedSocket listening = this.upgrade.open(1).get(0);
		try (FileInputStream open = new FileInputStream(file.toFile());
				AFUNIXServerSocket server = AFUNIXServerSocket
					.bindOn(AFUNIXSocketAddress.of(this.upgrade.socket().path()))) {
			List<FileDescriptor> descriptors = List
				.of(FileDescriptorCast.unsafeUsing(listening.descriptor()).getFileDescriptor(), open.getFD());
			exchange(server, descriptors);
			List<String> targets = List.of(target(listening), file.toString());
			long before = count(targets);
			long deadline = System.nanoTime() + TIME.toNanos();
			int inputs = 0;
			int taken = 0;
			while (System.nanoTime() < deadline) {
				taken += exchange(server, descriptors) ? 1 : 0;
				inputs++;
			}
			long after = count(targets);
			System.out.printf("Fuzzing: %d inputs, %d of them taken, descriptors before %d, after %d (seed %d)%n",
					inputs, taken, before, after, this.seed);
			assertThat(after).as("seed %d", this.seed).isEqualTo(before);
			assertThat(inputs).isGreaterThan(50);
		}
	}

	private static String target(InheritedSocket socket) {
		return UpgradeFixture.target(Path.of("/proc/self/fd/" + socket.descriptor()));
	}

	/**
	 * Return how many descriptors of this process lead to what was sent.
	 */
	private static long count(List<String> targets) {
		return UpgradeFixture.descriptors().stream().filter(targets::contains).count();
	}

	/**
	 * Return whether the candidate was taken for the predecessor.
	 */
	private boolean exchange(AFUNIXServerSocket server, List<FileDescriptor> descriptors) throws IOException {
		try (AFUNIXSocket peer = AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(this.upgrade.socket().path()));
				Candidate candidate = new Candidate(new UpgradeConnection(server.accept()), ANSWER)) {
			write(peer, descriptors);
			long begin = System.nanoTime();
			boolean taken = isTaken(candidate);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("seed %d", this.seed).isLessThan(LIMIT);
			return taken;
		}
	}

	private boolean isTaken(Candidate candidate) {
		try {
			candidate.receive();
			candidate.sockets().forEach(InheritedSocket::close);
			return true;
		}
		catch (UpgradeException ex) {
			assertThat(ex.getMessage()).as("seed %d", this.seed).isNotBlank();
			return false;
		}
	}

	private void write(AFUNIXSocket peer, List<FileDescriptor> descriptors) throws IOException {
		int messages = 1 + this.random.nextInt(4);
		for (int i = 0; i < messages; i++) {
			int count = this.random.nextBoolean() ? 0 : this.random.nextInt((this.random.nextInt(10) != 0) ? 4 : 254);
			List<FileDescriptor> sent = new ArrayList<>();
			for (int n = 0; n < count; n++) {
				sent.add(descriptors.get((this.random.nextInt(20) != 0) ? 0 : 1));
			}
			if (count > 0) {
				peer.setOutboundFileDescriptors(sent.toArray(FileDescriptor[]::new));
			}
			peer.getOutputStream().write(message(count));
		}
		if (this.random.nextInt(4) > 0) {
			// JDK 25 takes this socket for one that is not connected.
			peer.getOutputStream().close();
		}
	}

	private byte[] message(int count) {
		if (count > 0 && this.random.nextBoolean()) {
			return ("127.0.0.1:80 ".repeat(count) + (this.random.nextBoolean() ? "+1" : "")).strip()
				.getBytes(StandardCharsets.UTF_8);
		}
		byte[] bytes = WORDS.get(this.random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
		if (this.random.nextInt(3) == 0) {
			bytes[this.random.nextInt(bytes.length)] = (byte) this.random.nextInt();
		}
		if (this.random.nextInt(10) == 0) {
			bytes = new byte[1 + this.random.nextInt(20_000)];
			this.random.nextBytes(bytes);
		}
		return bytes;
	}

}
