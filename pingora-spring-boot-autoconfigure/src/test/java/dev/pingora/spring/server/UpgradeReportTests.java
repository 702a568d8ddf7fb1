package dev.pingora.spring.server;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.Listener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link UpgradeReport} and {@link ServerReport}, over a real upgrade.
 */
@Timeout(60)
class UpgradeReportTests {

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	@TempDir
	private Path directory;

	@Test
	void bothSidesReportTheUpgradeAndTheSuccessorGoesOnWithTheHistory() throws Exception {
		ServerPair pair = new ServerPair(this.directory, false, Duration.ofMillis(200));
		PingoraServer first = pair.start(this.exit);
		assertThat(first.upgrade()).isFalse();
		UpgradeReport failed = first.report().upgrades().get(0);
		assertThat(failed.outcome()).isEqualTo(UpgradeOutcome.FAILED);
		assertThat(failed.reason()).contains("No successor listens");
		assertThat(failed.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
		assertThat(failed.steps()).isEmpty();
		CompletableFuture<PingoraServer> starting = pair.startSuccessor();
		assertThat(first.upgrade()).isTrue();
		PingoraServer second = starting.get(20, TimeUnit.SECONDS);
		assertThat(this.exit).isCompletedWithValue(0);
		await().until(() -> second.report().upgrades().get(0).steps().containsKey(UpgradeStep.DRAIN));
		UpgradeReport made = second.report().upgrades().get(0);
		assertThat(made.outcome()).isEqualTo(UpgradeOutcome.SUCCEEDED);
		assertThat(made.reason()).isNull();
		assertThat(made.steps()).containsOnlyKeys(UpgradeStep.values());
		assertThat(made.sockets()).isEqualTo(1);
		assertThat(made.generation()).isEqualTo(1);
		assertThat(made.predecessor()).isEqualTo(ProcessHandle.current().pid());
		assertThat(second.report().upgrades().get(1)).isEqualTo(failed);
		assertThat(second.upgrades(UpgradeOutcome.SUCCEEDED).count()).isEqualTo(1);
		assertThat(second.steps(UpgradeStep.DRAIN).count()).isEqualTo(1);
		assertThat(second.socketsHandedOver()).isEqualTo(1);
		assertThat(second.upgrades(UpgradeOutcome.FAILED).count()).isZero();
		assertThat(second.report().predecessor()).isNotNull()
			.extracting(PeerReport::pid)
			.isEqualTo(ProcessHandle.current().pid());
		assertThat(second.generation()).isEqualTo(2);
		assertThat(second.report().generations()).extracting(GenerationReport::generation).containsExactly(1, 2);
		first.stop();
		assertThat(second.report().generations()).singleElement()
			.isEqualTo(new GenerationReport(2, ProcessHandle.current().pid(), "RUNNING", 0, 0, null));
		await().until(() -> second.report().predecessor().state() == PeerState.LEFT);
		second.stop();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void countsGoOnWhereTheyAreCarriedOver(boolean carryOver) throws Exception {
		ServerPair pair = new ServerPair(this.directory, carryOver, Duration.ofSeconds(20));
		PingoraServer first = pair.start(this.exit);
		assertThat(ServerPair.get(ServerPair.connect(first))).endsWith("hello");
		Socket open = ServerPair.connect(first);
		await().until(() -> counts(first).accepted() == 2);
		CompletableFuture<PingoraServer> starting = pair.startSuccessor();
		Thread upgrading = new Thread(first::upgrade);
		upgrading.start();
		PingoraServer second = starting.get(20, TimeUnit.SECONDS);
		assertThat(counts(second).accepted()).isEqualTo(carryOver ? 2 : 0);
		await().until(() -> first.report().drain() != null);
		assertThat(first.report().drain().active()).isEqualTo(1);
		assertThat(first.report().successor().state()).isEqualTo(PeerState.SERVING);
		assertThat(counts(first)).isEqualTo(new ConnectionCounts(2, 1, 0, 0));
		assertThat(ServerPair.get(open)).endsWith("hello");
		upgrading.join();
		assertThat(counts(first)).isEqualTo(new ConnectionCounts(2, 1, 1, 0));
		long carried = carryOver ? 1 : 0;
		await().untilAsserted(() -> assertThat(counts(second))
			.isEqualTo(new ConnectionCounts(carryOver ? 2 : 0, carried, carried, 0)));
		assertThat(ServerPair.get(ServerPair.connect(second))).endsWith("hello");
		assertThat(counts(second).accepted()).isEqualTo(carryOver ? 3 : 1);
		first.stop();
		second.stop();
	}

	@Test
	void secondUpgradeIsReportedAsRefusedAndKeepsTheFirst() throws InterruptedException {
		PingoraServer server = new ServerPair(this.directory, false, Duration.ofSeconds(20)).start(this.exit);
		Thread waiting = new Thread(server::upgrade);
		waiting.start();
		await().until(() -> server.phase() == ExecutionPhase.HANDING_OVER);
		assertThat(server.upgrade()).isFalse();
		assertThat(server.upgrades(UpgradeOutcome.REFUSED).count()).isEqualTo(1);
		assertThat(server.report().upgrades()).singleElement()
			.extracting(UpgradeReport::outcome)
			.isEqualTo(UpgradeOutcome.UNDER_WAY);
		server.terminate(143);
		waiting.join();
		assertThat(server.report().upgrades()).singleElement()
			.extracting(UpgradeReport::outcome, UpgradeReport::reason)
			.containsExactly(UpgradeOutcome.ABORTED, "the predecessor was told to terminate");
		server.stop();
	}

	@Test
	void deadlineOfADrainCutsOffAndCounts() throws IOException {
		PingoraServer server = new ServerPair(this.directory, false, Duration.ofSeconds(20)).start(this.exit);
		Listener listener = server.listeners().get(0);
		try (Socket open = ServerPair.connect(server)) {
			await().until(() -> listener.connections().active() == 1);
			listener.drain(Duration.ZERO);
			assertThat(listener.connections().cutOff(() -> listener.cutOff() + 1)).isEqualTo(1);
			await().until(() -> listener.connections().active() == 0);
			assertThat(open.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(counts(server)).isEqualTo(new ConnectionCounts(1, 1, 0, 1));
		server.stop();
	}

	private static ConnectionCounts counts(PingoraServer server) {
		return server.counts(server.listeners().get(0));
	}

}
