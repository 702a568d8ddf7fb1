package dev.pingora.spring.upgrade;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Candidates}: strangers can neither hand over nor keep the predecessor
 * waiting, and nothing of theirs is kept.
 */
@Timeout(60)
class CandidatesTests {

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@Test
	void strangersAreLeftAloneAndThePredecessorIsStillHeard() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen()) {
			talk("HELLO pingora-spring/9 pid=1 generation=1\n");
			talk("GET / HTTP/1.1\n");
			talk("HELLO pingora-spring/1 pid=1 generation=1\nHELLO pingora-spring/1 pid=1 generation=1\n");
			stranger().close();
			handOver(predecessor);
		}
	}

	private void talk(String text) throws Exception {
		try (AFUNIXSocket stranger = stranger()) {
			stranger.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			assertThat(new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HELLO pingora-spring/1 pid=")
				.contains("\nFAILED ");
		}
	}

	private AFUNIXSocket stranger() throws IOException {
		return AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(this.upgrade.socket().path()));
	}

	private void handOver(Predecessor predecessor) throws Exception {
		try (Successor successor = this.upgrade.connect(1, "")) {
			successor.handOver(this.upgrade.open(1));
			assertThat(this.upgrade.receive(predecessor)).hasSize(1);
		}
	}

	@Test
	void silentStrangersDoNotKeepThePredecessorWaiting() throws Exception {
		List<AFUNIXSocket> silent = new ArrayList<>();
		try (Predecessor predecessor = this.upgrade.listen()) {
			for (int i = 1; i < Candidates.MAX; i++) {
				silent.add(stranger());
			}
			long begin = System.nanoTime();
			handOver(predecessor);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
		}
		finally {
			for (AFUNIXSocket each : silent) {
				each.close();
			}
		}
	}

	@Test
	void strangersThatTakeEveryPlaceLoseItInTime() throws Exception {
		List<AFUNIXSocket> silent = new ArrayList<>();
		UpgradeTimeouts timeouts = new UpgradeTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
				Duration.ofSeconds(20), Duration.ofMillis(500));
		try (Predecessor predecessor = Predecessor.listen(this.upgrade.socket(), timeouts)) {
			for (int i = 0; i < Candidates.MAX + 5; i++) {
				silent.add(stranger());
			}
			handOver(predecessor);
		}
		finally {
			for (AFUNIXSocket each : silent) {
				each.close();
			}
		}
	}

	@RepeatedTest(20)
	void firstThatHandsOverIsThePredecessor() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen(); Successor late = this.upgrade.connect(9, "")) {
			handOver(predecessor);
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> late.handOver(this.upgrade.open(1)));
			assertThat(predecessor.generation()).isEqualTo(1);
		}
	}

	@Test
	void descriptorThatDoesNotListenIsRefusedAndClosed() throws Exception {
		Path file = Files.createFile(this.upgrade.directory().resolve("file"));
		try (Predecessor predecessor = this.upgrade.listen();
				FileInputStream open = new FileInputStream(file.toFile());
				Successor successor = this.upgrade.connect(1, "")) {
			int descriptor = FileDescriptorCast.using(open.getFD()).as(Integer.class);
			assertThatExceptionOfType(UpgradeException.class)
				.isThrownBy(() -> successor.handOver(List.of(new InheritedSocket("127.0.0.1:1", descriptor))))
				.withMessageContaining("is not a socket that listens");
			await().untilAsserted(() -> assertThat(UpgradeFixture.open(file)).isEqualTo(1));
			handOver(predecessor);
		}
	}

	/**
	 * 60 is what junixsocket takes by itself, 253 what the kernel passes (SCM_MAX_FD).
	 */
	@ParameterizedTest
	@CsvSource({ "1, a b c", "3, a", "60, +x", "61, a", "253, a", "253, HELLO pingora-spring/1 pid=1 generation=1" })
	void descriptorsOfRefusedMessageAreClosed(int count, String text) throws Exception {
		InheritedSocket listening = this.upgrade.open(1).get(0);
		FileDescriptor[] descriptors = new FileDescriptor[count];
		Arrays.fill(descriptors, FileDescriptorCast.unsafeUsing(listening.descriptor()).getFileDescriptor());
		try (Predecessor predecessor = this.upgrade.listen()) {
			String target = UpgradeFixture.target(Path.of("/proc/self/fd/" + listening.descriptor()));
			try (AFUNIXSocket stranger = stranger()) {
				stranger.setOutboundFileDescriptors(descriptors);
				stranger.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
				assertThat(new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.contains("\nFAILED ");
			}
			await().untilAsserted(() -> assertThat(UpgradeFixture.open(target)).isEqualTo(1));
			handOver(predecessor);
		}
	}

}
