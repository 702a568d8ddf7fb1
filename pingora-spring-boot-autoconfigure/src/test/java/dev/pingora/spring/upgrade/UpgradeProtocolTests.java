package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Predecessor} and {@link Successor}, which talk over a real socket.
 */
@Timeout(60)
class UpgradeProtocolTests {

	private static final UpgradeTimeouts TIMEOUTS = UpgradeFixture.TIMEOUTS;

	private static final UpgradeTimeouts SHORT = UpgradeFixture.timeouts(Duration.ofMillis(200));

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@Test
	void socketsAreHandedOverCommittedAndServed() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(4, "")) {
			List<InheritedSocket> sent = this.upgrade.open(2);
			successor.handOver(sent);
			List<InheritedSocket> received = this.upgrade.receive(predecessor);
			assertThat(received).extracting(InheritedSocket::name).isEqualTo(UpgradeFixture.names(sent));
			assertThat(received).allMatch(InheritedSocket::isListening);
			assertThat(predecessor.generation()).isEqualTo(4);
			assertThat(successor.pid()).isEqualTo(ProcessHandle.current().pid());
			CompletableFuture<List<String>> committed = UpgradeFixture.async(() -> {
				successor.awaitPrepared();
				return successor.commit(() -> "");
			});
			predecessor.awaitCommit(Duration.ZERO);
			predecessor.serving(List.of("127.0.0.1:1"), (reason) -> {
			}, () -> {
			}, (lastWord) -> {
			});
			assertThat(committed.get(20, TimeUnit.SECONDS)).containsExactly("127.0.0.1:1");
		}
	}

	@Test
	void predecessorMayTellMoreAlongTheWay() throws Exception {
		CompletableFuture<String> lastWord = new CompletableFuture<>();
		try (Predecessor predecessor = this.upgrade.listen()) {
			try (Successor successor = this.upgrade.connect(4, "what was")) {
				successor.handOver(this.upgrade.open(1));
				this.upgrade.receive(predecessor);
				assertThat(predecessor.greeting()).isEqualTo("what was");
				assertThat(predecessor.pid()).isEqualTo(ProcessHandle.current().pid());
				CompletableFuture<List<String>> committed = UpgradeFixture.async(() -> {
					successor.awaitPrepared();
					return successor.commit(() -> "what is");
				});
				assertThat(predecessor.awaitCommit(Duration.ZERO)).isEqualTo("what is");
				CountDownLatch alone = new CountDownLatch(1);
				predecessor.serving(List.of(), (reason) -> {
				}, alone::countDown, lastWord::complete);
				committed.get(20, TimeUnit.SECONDS);
				successor.draining();
				assertThat(alone.await(20, TimeUnit.SECONDS)).isTrue();
				successor.drained("what is left");
				assertThat(lastWord.get(20, TimeUnit.SECONDS)).isEqualTo("what is left");
			}
			await().until(predecessor::hasLeft);
		}
	}

	@Test
	void predecessorMayComeFirst() throws Exception {
		CompletableFuture<Successor> connecting = UpgradeFixture.async(() -> this.upgrade.connect(1, ""));
		try (Predecessor predecessor = this.upgrade.listen();
				Successor successor = connecting.get(20, TimeUnit.SECONDS)) {
			successor.handOver(this.upgrade.open(1));
			assertThat(this.upgrade.receive(predecessor)).hasSize(1);
		}
	}

	@Test
	void successorThatDoesNotComeIsReported() {
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(
					() -> Successor.await(this.upgrade.socket(), SHORT, 1, "", BackgroundWork.NONE, Compatibility.NONE))
			.withMessageContaining("No successor listens on");
	}

	@Test
	void predecessorThatDoesNotComeIsReported() {
		try (Predecessor predecessor = Predecessor.listen(this.upgrade.socket(), SHORT)) {
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(predecessor::sockets)
				.withMessageContaining("No predecessor handed over");
		}
	}

	@Test
	void successorThatFailsSaysWhy() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(1, "")) {
			successor.handOver(this.upgrade.open(1));
			this.upgrade.receive(predecessor);
			predecessor.fail("the port is\n in use");
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(successor::awaitPrepared)
				.withMessage("The successor failed: the port is in use");
		}
	}

	@Test
	void successorThatIsNotPreparedInTimeIsReported() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen();
				Successor successor = Successor.await(
						this.upgrade.socket(), new UpgradeTimeouts(TIMEOUTS.receive(), TIMEOUTS.connect(),
								Duration.ofMillis(100), TIMEOUTS.answer()),
						1, "", BackgroundWork.NONE, Compatibility.NONE)) {
			successor.handOver(this.upgrade.open(1));
			this.upgrade.receive(predecessor);
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(successor::awaitPrepared)
				.withMessage("The other process did not send PREPARED in time");
		}
	}

	@Test
	void abortBeforeCommitFailsTheSuccessor() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(1, "")) {
			successor.handOver(this.upgrade.open(1));
			this.upgrade.receive(predecessor);
			successor.abort("told to stop");
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> predecessor.awaitCommit(Duration.ZERO))
				.withMessage("The predecessor answered ABORT: told to stop");
		}
	}

	@Test
	void predecessorThatIsLostBeforeCommitLeavesTheTrafficToTheSuccessor() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen()) {
			try (Successor successor = this.upgrade.connect(1, "")) {
				successor.handOver(this.upgrade.open(1));
				this.upgrade.receive(predecessor);
			}
			predecessor.awaitCommit(Duration.ZERO);
		}
	}

	@Test
	void silenceAfterCommitTakesTheSocketsBackFromASuccessorThatServes() throws Exception {
		CompletableFuture<String> aborted = new CompletableFuture<>();
		Work work = new Work();
		try (Predecessor predecessor = this.upgrade.listen();
				Successor successor = Successor.await(this.upgrade.socket(), SHORT, 1, "", work, Compatibility.NONE)) {
			handOver(successor, predecessor);
			CompletableFuture<String> word = UpgradeFixture.async(() -> predecessor.awaitCommit(Duration.ZERO));
			successor.awaitPrepared();
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> successor.commit(() -> ""))
				.withMessage("The other process did not send SERVING in time");
			assertThat(word.get(20, TimeUnit.SECONDS)).isEmpty();
			assertThat(successor.isLingering()).isTrue();
			assertThat(work.running).isFalse();
			predecessor.serving(List.of(), aborted::complete, () -> {
			}, (lastWord) -> {
			});
			assertThat(aborted.get(20, TimeUnit.SECONDS)).isEqualTo("The other process did not send SERVING in time");
			predecessor.stopped();
			await().until(() -> work.running && !successor.isLingering());
		}
	}

	@Test
	void successorWaitsAsLongAsThePredecessorStopsItsBackground() throws Exception {
		Work work = new Work();
		try (Predecessor predecessor = Predecessor.listen(this.upgrade.socket(),
				UpgradeFixture.timeouts(Duration.ofMillis(300)));
				Successor successor = Successor.await(this.upgrade.socket(), TIMEOUTS, 1, "", work,
						Compatibility.NONE)) {
			handOver(successor, predecessor);
			CompletableFuture<String> word = UpgradeFixture.async(() -> predecessor.awaitCommit(Duration.ZERO));
			successor.awaitPrepared();
			CountDownLatch stopping = new CountDownLatch(1);
			assertThat(stopping.await(700, TimeUnit.MILLISECONDS)).as("the time that the work takes").isFalse();
			UpgradeFixture.async(() -> successor.commit(() -> "now"));
			assertThat(word.get(20, TimeUnit.SECONDS)).isEqualTo("now");
		}
	}

	@Test
	void workThatDoesNotStopEndsTheUpgradeAndGoesOn() throws Exception {
		Work work = new Work();
		work.stubborn = true;
		try (Predecessor predecessor = this.upgrade.listen();
				Successor successor = Successor.await(this.upgrade.socket(), TIMEOUTS, 1, "", work,
						Compatibility.NONE)) {
			handOver(successor, predecessor);
			CompletableFuture<String> word = UpgradeFixture.async(() -> predecessor.awaitCommit(Duration.ZERO));
			successor.awaitPrepared();
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> successor.commit(() -> ""))
				.withMessage("does not stop");
			assertThat(work.running).isTrue();
			assertThat(word).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("answered ABORT: does not stop");
		}
	}

	@Test
	void lossOfTheSuccessorIsHeardUnlessItSaidThatItLeaves() throws Exception {
		assertThat(lossAfter(Predecessor::close).await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(lossAfter((predecessor) -> {
			predecessor.fail("the application has failed");
			predecessor.close();
		}).await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(lossAfter((predecessor) -> {
			predecessor.leave();
			predecessor.close();
		}).await(300, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(lossAfter((predecessor) -> {
			predecessor.leave();
			predecessor.stay();
			predecessor.close();
		}).await(20, TimeUnit.SECONDS)).isTrue();
	}

	private CountDownLatch lossAfter(Consumer<Predecessor> end) throws Exception {
		CountDownLatch lost = new CountDownLatch(1);
		// The one before gives the path up a moment after it was closed.
		Predecessor predecessor = await().ignoreException(UpgradeException.class)
			.until(this.upgrade::listen, Objects::nonNull);
		Successor successor = this.upgrade.connect(1, "");
		serve(successor, predecessor);
		successor.onGone(lost::countDown, () -> {
		});
		end.accept(predecessor);
		return lost;
	}

	private void serve(Successor successor, Predecessor predecessor) throws Exception {
		handOver(successor, predecessor);
		CompletableFuture<List<String>> committed = UpgradeFixture.async(() -> {
			successor.awaitPrepared();
			return successor.commit(() -> "");
		});
		predecessor.awaitCommit(Duration.ZERO);
		predecessor.serving(List.of(), (reason) -> {
		}, () -> {
		}, (lastWord) -> {
		});
		committed.get(20, TimeUnit.SECONDS);
		assertThat(predecessor.awaitSettled()).isTrue();
	}

	@Test
	void successorThatFailsGivesItsTrafficBackAtOnceAndItsBackgroundWhenItHasEnded() throws Exception {
		Work work = new Work();
		CountDownLatch lost = new CountDownLatch(1);
		try (Predecessor predecessor = this.upgrade.listen();
				Successor successor = Successor.await(this.upgrade.socket(), TIMEOUTS, 1, "", work,
						Compatibility.NONE)) {
			serve(successor, predecessor);
			successor.onGone(lost::countDown, () -> {
			});
			predecessor.fail("the application has failed");
			assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(work.running).isFalse();
			assertThat(successor.isLingering()).isTrue();
			Runnable end = predecessor::close;
			end.run();
			await().until(() -> work.running && !successor.isLingering());
		}
	}

	@Test
	void predecessorThatDiesWhileItSendsLeavesWhatHasCome() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen()) {
			List<InheritedSocket> sent = this.upgrade.open(40);
			try (UpgradeConnection dying = this.upgrade.socket().connect(Duration.ofSeconds(20))) {
				dying.receive("HELLO", Duration.ofSeconds(20));
				dying.send(Message.of(Message.Verb.HELLO, Hello.ofThisProcess(3, "").text()));
				dying.send(SocketBatch.split(sent).get(0));
				dying.receive("RECEIVED", Duration.ofSeconds(20));
			}
			assertThat(this.upgrade.receive(predecessor)).hasSize(32).allMatch(InheritedSocket::isListening);
			assertThat(predecessor.awaitCommit(Duration.ZERO)).isEmpty();
			assertThat(predecessor.awaitSettled()).isTrue();
		}
	}

	private void handOver(Successor successor, Predecessor predecessor) {
		successor.handOver(this.upgrade.open(1));
		this.upgrade.receive(predecessor);
	}

	/**
	 * Work of a process in the background.
	 */
	private static final class Work implements BackgroundWork {

		private volatile boolean running = true;

		private boolean stubborn;

		@Override
		public void stop() {
			if (this.stubborn) {
				throw new UpgradeException("does not stop");
			}
			this.running = false;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public Duration stopTime() {
			return Duration.ofSeconds(20);
		}

	}

}
