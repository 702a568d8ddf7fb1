package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.ListeningSocket;
import dev.pingora.spring.listen.ListeningSockets;
import dev.pingora.spring.listen.SocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Predecessor} and {@link Successor}, which talk over a real socket.
 */
@Timeout(60)
class UpgradeProtocolTests {

	private static final UpgradeTimeouts TIMEOUTS = new UpgradeTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
			Duration.ofSeconds(20), Duration.ofSeconds(20));

	private static final UpgradeTimeouts SHORT = new UpgradeTimeouts(Duration.ofMillis(200), Duration.ofMillis(200),
			Duration.ofMillis(200), Duration.ofMillis(200));

	@TempDir
	private Path directory;

	private final List<InheritedSocket> opened = new ArrayList<>();

	@AfterEach
	void closeSockets() {
		this.opened.forEach(InheritedSocket::close);
	}

	@Test
	void socketsAreHandedOverCommittedAndServed() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), TIMEOUTS, 4, "")) {
			List<InheritedSocket> sent = open(2);
			successor.handOver(sent);
			List<InheritedSocket> received = receive(predecessor);
			assertThat(received).extracting(InheritedSocket::name).isEqualTo(names(sent));
			assertThat(received).allMatch(InheritedSocket::isListening);
			assertThat(predecessor.generation()).isEqualTo(4);
			assertThat(successor.pid()).isEqualTo(ProcessHandle.current().pid());
			CompletableFuture<List<String>> committed = async(() -> {
				successor.awaitPrepared();
				return successor.commit("");
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
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS)) {
			try (Successor successor = Successor.await(socket(), TIMEOUTS, 4, "what was")) {
				successor.handOver(open(1));
				receive(predecessor);
				assertThat(predecessor.greeting()).isEqualTo("what was");
				assertThat(predecessor.pid()).isEqualTo(ProcessHandle.current().pid());
				CompletableFuture<List<String>> committed = async(() -> {
					successor.awaitPrepared();
					return successor.commit("what is");
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
				assertThat(predecessor.hasLeft()).isFalse();
			}
			await().until(predecessor::hasLeft);
		}
	}

	@Test
	void thousandSocketsAreHandedOver() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
			List<InheritedSocket> sent = open(1000);
			successor.handOver(sent);
			List<InheritedSocket> received = receive(predecessor);
			assertThat(received).extracting(InheritedSocket::name).isEqualTo(names(sent));
			assertThat(received).allMatch(InheritedSocket::isListening);
		}
	}

	@Test
	void predecessorMayComeFirst() throws Exception {
		CompletableFuture<Successor> connecting = async(() -> Successor.await(socket(), TIMEOUTS, 1, ""));
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = connecting.get(20, TimeUnit.SECONDS)) {
			successor.handOver(open(1));
			assertThat(receive(predecessor)).hasSize(1);
		}
	}

	@Test
	void successorThatDoesNotComeIsReported() {
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> Successor.await(socket(), SHORT, 1, ""))
			.withMessageContaining("No successor listens on");
	}

	@Test
	void predecessorThatDoesNotComeIsReported() {
		try (Predecessor predecessor = Predecessor.listen(socket(), SHORT)) {
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(predecessor::sockets)
				.withMessageContaining("No predecessor handed over");
		}
	}

	@Test
	void successorThatFailsSaysWhy() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
			successor.handOver(open(1));
			receive(predecessor);
			predecessor.fail("the port is\n in use");
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(successor::awaitPrepared)
				.withMessage("The successor failed: the port is in use");
		}
	}

	@Test
	void successorThatIsNotPreparedInTimeIsReported() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), new UpgradeTimeouts(TIMEOUTS.receive(),
						TIMEOUTS.connect(), Duration.ofMillis(100), TIMEOUTS.answer()), 1, "")) {
			successor.handOver(open(1));
			receive(predecessor);
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(successor::awaitPrepared)
				.withMessage("The other process did not send PREPARED in time");
		}
	}

	@Test
	void abortBeforeCommitFailsTheSuccessor() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
			successor.handOver(open(1));
			receive(predecessor);
			successor.abort("told to stop");
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> predecessor.awaitCommit(Duration.ZERO))
				.withMessage("The predecessor answered ABORT: told to stop");
		}
	}

	@Test
	void predecessorThatIsLostBeforeCommitLeavesTheTrafficToTheSuccessor() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS)) {
			try (Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
				successor.handOver(open(1));
				receive(predecessor);
			}
			predecessor.awaitCommit(Duration.ZERO);
		}
	}

	@Test
	void abortAfterCommitReachesTheSuccessorThatServes() throws Exception {
		CompletableFuture<String> aborted = new CompletableFuture<>();
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
			successor.handOver(open(1));
			receive(predecessor);
			predecessor.serving(List.of(), aborted::complete, () -> {
			}, (lastWord) -> {
			});
			successor.abort("SERVING came too late");
			assertThat(aborted.get(20, TimeUnit.SECONDS)).isEqualTo("SERVING came too late");
		}
	}

	@Test
	void lossOfTheSuccessorIsHeardUnlessItSaidThatItLeaves() throws Exception {
		assertThat(lossAfter(Predecessor::close).await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(lossAfter((predecessor) -> {
			predecessor.leave();
			predecessor.close();
		}).await(300, TimeUnit.MILLISECONDS)).isFalse();
	}

	private CountDownLatch lossAfter(Consumer<Predecessor> end) throws Exception {
		CountDownLatch lost = new CountDownLatch(1);
		Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
		Successor successor = Successor.await(socket(), TIMEOUTS, 1, "");
		successor.handOver(open(1));
		receive(predecessor);
		successor.onGone(lost::countDown, () -> {
		});
		end.accept(predecessor);
		return lost;
	}

	@Test
	void strangersAreLeftAloneAndThePredecessorIsStillHeard() throws Exception {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS)) {
			talk("HELLO pingora-spring/9 pid=1 generation=1\n");
			talk("GET / HTTP/1.1\n");
			AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(socket().path())).close();
			try (Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
				successor.handOver(open(1));
				assertThat(receive(predecessor)).hasSize(1);
			}
		}
	}

	private void talk(String text) throws Exception {
		try (AFUNIXSocket stranger = AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(socket().path()))) {
			stranger.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			assertThat(new String(stranger.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HELLO pingora-spring/1 pid=")
				.contains("\nFAILED ");
		}
	}

	@Test
	void descriptorThatDoesNotListenIsRefusedAndClosed() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS);
				FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
				Successor successor = Successor.await(socket(), TIMEOUTS, 1, "")) {
			assertThat(channel.isOpen()).isTrue();
			successor.handOver(List.of(new InheritedSocket("127.0.0.1:1", descriptors(file).get(0))));
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(successor::awaitPrepared)
				.withMessageContaining("is not a socket that listens");
			await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(descriptors(file)).hasSize(1));
			assertThat(predecessor.generation()).isEqualTo(1);
		}
	}

	@Test
	void socketIsForTheOwnerAloneAndGoesWithTheSuccessor() throws Exception {
		UpgradeSocket inPrivate = new UpgradeSocket(this.directory.resolve("private").resolve("a.sock"), true);
		try (Predecessor predecessor = Predecessor.listen(inPrivate, TIMEOUTS)) {
			assertThat(Files.getPosixFilePermissions(inPrivate.path()))
				.isEqualTo(PosixFilePermissions.fromString("rw-------"));
			assertThat(Files.getPosixFilePermissions(inPrivate.directory()))
				.isEqualTo(PosixFilePermissions.fromString("rwx------"));
			assertThat(predecessor.generation()).isEqualTo(1);
		}
		assertThat(inPrivate.path()).doesNotExist();
	}

	@Test
	void directoryThatOthersMayUseIsRefused() throws Exception {
		Path open = Files.createDirectory(this.directory.resolve("open"));
		Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(() -> Predecessor.listen(new UpgradeSocket(open.resolve("a.sock"), true), TIMEOUTS))
			.withMessageContaining("is not private");
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), open);
		assertThatExceptionOfType(UpgradeException.class)
			.isThrownBy(() -> Predecessor.listen(new UpgradeSocket(link.resolve("a.sock"), true), TIMEOUTS))
			.withMessageContaining("is not private");
	}

	@Test
	void fileAtThePathIsRefusedAndLeftAlone() throws Exception {
		Files.writeString(socket().path(), "precious");
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> Predecessor.listen(socket(), TIMEOUTS))
			.withMessageContaining("exists and is not a socket");
		assertThat(socket().path()).hasContent("precious");
	}

	@Test
	void missingDirectoryIsNamed() {
		UpgradeSocket nowhere = new UpgradeSocket(this.directory.resolve("none").resolve("a.sock"), false);
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> Predecessor.listen(nowhere, TIMEOUTS))
			.withMessageContaining("'pingora.upgrade.sock' does not exist");
	}

	@Test
	void secondSuccessorIsRefused() {
		try (Predecessor first = Predecessor.listen(socket(), TIMEOUTS)) {
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> Predecessor.listen(socket(), TIMEOUTS))
				.withMessageContaining("Another successor waits");
			assertThat(first.generation()).isEqualTo(1);
			assertThat(socket().path()).exists();
		}
	}

	private UpgradeSocket socket() {
		return new UpgradeSocket(this.directory.resolve("upgrade.sock"), false);
	}

	private List<InheritedSocket> open(int count) {
		List<InheritedSocket> sockets = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			ListeningSocket socket = new ListeningSockets(List.of()).claim(ListenAddress.parse("127.0.0.1:0"),
					SocketOptions.DEFAULT);
			sockets.add(new InheritedSocket(socket.address().toString(), socket.descriptor()));
		}
		this.opened.addAll(sockets);
		return sockets;
	}

	private List<InheritedSocket> receive(Predecessor predecessor) {
		List<InheritedSocket> received = predecessor.sockets();
		this.opened.addAll(received);
		return received;
	}

	private static List<String> names(List<InheritedSocket> sockets) {
		return sockets.stream().map(InheritedSocket::name).toList();
	}

	private static List<Integer> descriptors(Path target) throws Exception {
		try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
			return links.filter((link) -> isLinkTo(link, target))
				.map((link) -> Integer.valueOf(link.getFileName().toString()))
				.toList();
		}
	}

	private static boolean isLinkTo(Path link, Path target) {
		try {
			return Files.readSymbolicLink(link).equals(target.toRealPath());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static <T> CompletableFuture<T> async(Callable<T> task) {
		CompletableFuture<T> future = new CompletableFuture<>();
		new Thread(() -> {
			try {
				future.complete(task.call());
			}
			catch (Exception ex) {
				future.completeExceptionally(ex);
			}
		}, "other-process").start();
		return future;
	}

}
