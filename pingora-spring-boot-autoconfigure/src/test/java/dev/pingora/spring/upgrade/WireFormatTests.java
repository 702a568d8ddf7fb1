package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the messages, byte for byte, against a peer on another stack.
 */
@Timeout(60)
class WireFormatTests {

	private static final UpgradeTimeouts IMPATIENT = new UpgradeTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
			Duration.ofSeconds(20), Duration.ofMillis(200));

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@Test
	void pingoraIsSentOneMessageAndNothingElse() throws Exception {
		try (PythonPeer peer = PythonPeer.start("pingora_receives", this.upgrade.socket());
				Successor successor = awaitSilent()) {
			List<InheritedSocket> sockets = threeKinds();
			successor.trust(sockets);
			String names = String.join(" ", UpgradeFixture.names(sockets));
			assertThat(peer.output()).singleElement().asString().startsWith(PythonPeer.hex(names) + " 127.0.0.1:");
		}
	}

	@Test
	void pingoraIsSentNothingThatDoesNotFit() throws Exception {
		try (PythonPeer peer = PythonPeer.start("pingora_receives", this.upgrade.socket());
				Successor successor = awaitSilent()) {
			List<InheritedSocket> sockets = this.upgrade.open(33);
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> successor.trust(sockets))
				.withMessageContaining("takes 1 to 32 sockets");
			assertThat(peer.output()).containsExactly(" ");
		}
	}

	@Test
	void silentSuccessorIsNoneUnlessItIsSaidToBePingora() throws Exception {
		try (PythonPeer peer = PythonPeer.start("pingora_receives", this.upgrade.socket())) {
			assertThatExceptionOfType(UpgradeException.class)
				.isThrownBy(() -> Successor.await(this.upgrade.socket(), IMPATIENT, 1, "", BackgroundWork.NONE,
						Compatibility.NONE))
				.withMessage("The other process did not send HELLO in time");
			assertThat(peer.output()).singleElement().asString().startsWith(PythonPeer.hex("ABORT "));
		}
	}

	private Successor awaitSilent() throws InterruptedException {
		Successor successor = Successor.await(this.upgrade.socket(), IMPATIENT, 1, "", BackgroundWork.NONE,
				Compatibility.PINGORA);
		assertThat(successor.isSilent()).isTrue();
		return successor;
	}

	private List<InheritedSocket> threeKinds() {
		String longest = "x".repeat(107 - this.upgrade.directory().toString().length() - 1);
		return List.of(this.upgrade.listening("127.0.0.1:0"), this.upgrade.listening("[::1]:0"),
				this.upgrade.listening("unix:" + this.upgrade.directory().resolve(longest)));
	}

	@Test
	void successorHearsWholeDialogue() throws Exception {
		try (PythonPeer peer = PythonPeer.start("successor", this.upgrade.socket());
				Successor successor = this.upgrade.connect(4, "")) {
			List<InheritedSocket> sockets = this.upgrade.open(40);
			successor.handOver(sockets);
			successor.awaitPrepared();
			assertThat(successor.commit(() -> "what is")).containsExactly("127.0.0.1:1");
			successor.drained("what was");
			List<String> names = UpgradeFixture.names(sockets);
			List<String> output = peer.output();
			assertThat(output.get(0))
				.isEqualTo("HELLO pingora-spring/1 pid=%d generation=4".formatted(ProcessHandle.current().pid()));
			assertThat(output.get(1)).isEqualTo(PythonPeer.hex(String.join(" ", names.subList(0, 32)) + " +8") + " "
					+ String.join(" ", names.subList(0, 32)));
			assertThat(output.get(2)).isEqualTo(PythonPeer.hex(String.join(" ", names.subList(32, 40))) + " "
					+ String.join(" ", names.subList(32, 40)));
		}
	}

	@Test
	void socketsOfPingoraAreTakenAndServedAtOnce() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen();
				PythonPeer peer = PythonPeer.start("pingora_sends", this.upgrade.socket())) {
			List<InheritedSocket> received = this.upgrade.receive(predecessor);
			assertThat(received).hasSize(2).allMatch(InheritedSocket::isListening);
			assertThat(peer.output()).containsExactly(String.join(" ", UpgradeFixture.names(received)));
			assertThat(predecessor.awaitCommit(Duration.ZERO)).isEmpty();
			assertThat(predecessor.generation()).isEqualTo(1);
		}
	}

	@Test
	void predecessorHearsWholeDialogue() throws Exception {
		CompletableFuture<String> lastWord = new CompletableFuture<>();
		try (Predecessor predecessor = this.upgrade.listen();
				PythonPeer peer = PythonPeer.start("predecessor", this.upgrade.socket())) {
			List<InheritedSocket> received = this.upgrade.receive(predecessor);
			assertThat(received).hasSize(2).allMatch(InheritedSocket::isListening);
			assertThat(predecessor.generation()).isEqualTo(7);
			assertThat(predecessor.awaitCommit(Duration.ZERO)).isEqualTo("what is");
			predecessor.serving(List.of(received.get(1).name()), (reason) -> {
			}, () -> {
			}, lastWord::complete);
			assertThat(peer.output()).containsExactly(
					"HELLO pingora-spring/1 pid=%d generation=0".formatted(ProcessHandle.current().pid()),
					String.join(" ", UpgradeFixture.names(received)));
			assertThat(lastWord).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("what was");
			await().until(predecessor::hasLeft);
		}
	}

}
