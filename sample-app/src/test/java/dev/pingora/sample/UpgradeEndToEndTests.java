package dev.pingora.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.pingora.broken.FailingBean;
import dev.pingora.broken.FailingRunner;
import dev.pingora.broken.HangingRunner;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictConnection.Response;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two real JVMs under a load that never retries.
 */
class UpgradeEndToEndTests {

	private static final int UPGRADES = Integer.getInteger("soak.upgrades", 5);

	private static final long REQUESTS = Long.getLong("soak.requests", 0);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void everyRequestIsServedThroughSuccessiveUpgrades() {
		SampleProcess current = this.processes.start().awaitRunning();
		try (StrictLoad load = new StrictLoad(current.port("echo")).mixed()) {
			for (int i = 1; i <= UPGRADES; i++) {
				awaitServed(load, REQUESTS * i / UPGRADES);
				current = upgrade(current, load);
			}
			awaitServed(load, REQUESTS);
			load.finish();
			System.out.println(Tally.table(load.tallies()));
			assertThat(load.failures()).isEmpty();
			assertThat(load.tallies()).allMatch((tally) -> tally.served() > 0);
		}
	}

	private SampleProcess upgrade(SampleProcess current, StrictLoad load, String... arguments) {
		SampleProcess successor = this.processes.start(concat("-u", arguments));
		successor.awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		awaitServedBy(load, successor);
		assertThat(current.awaitExit()).as(current.log()).isZero();
		return successor;
	}

	private static String[] concat(String first, String... more) {
		String[] all = new String[more.length + 1];
		all[0] = first;
		System.arraycopy(more, 0, all, 1, more.length);
		return all;
	}

	private static void awaitServed(StrictLoad load, long requests) {
		await().atMost(Duration.ofMinutes(10)).until(() -> load.served() >= requests || !load.failures().isEmpty());
	}

	private static void awaitServedBy(StrictLoad load, SampleProcess process) {
		await().atMost(Duration.ofSeconds(30)).until(() -> load.servedBy(process.pid()) > 100);
	}

	@Test
	void theSignalMayComeBeforeTheSuccessorStarts() {
		SampleProcess predecessor = this.processes.start().awaitRunning();
		try (StrictLoad load = new StrictLoad(predecessor.port("echo")).light()) {
			predecessor.signal("QUIT").awaitLog("Phase HANDING_OVER");
			SampleProcess successor = this.processes.start("-u").awaitRunning();
			awaitServedBy(load, successor);
			assertThat(predecessor.awaitExit()).isZero();
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void serverGoesOnServingWithoutSuccessor() {
		SampleProcess server = this.processes.start("--pingora.upgrade.connect-timeout=500ms").awaitRunning();
		try (StrictLoad load = new StrictLoad(server.port("echo")).light()) {
			server.signal("QUIT")
				.awaitLog("Upgrade failed, this process goes on serving: No successor listens")
				.awaitLog("Phase RUNNING");
			awaitServed(load, load.served() + 500);
			upgrade(server, load);
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void successorWhoseContextFailsChangesNothing() {
		successorFails(FailingBean.class, "this version is broken");
	}

	@Test
	void successorWhoseRunnerFailsChangesNothing() {
		successorFails(FailingRunner.class, "the migration failed");
	}

	private void successorFails(Class<?> configuration, String reason) {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictLoad load = new StrictLoad(server.port("echo")).light()) {
			SampleProcess broken = this.processes.startWith(configuration, "-u");
			server.signal("QUIT").awaitLog("Upgrade failed, this process goes on serving").awaitLog(reason);
			assertThat(broken.awaitExit()).as(broken.log()).isEqualTo(1);
			awaitServed(load, load.served() + 500);
			assertThat(load.servedBy(broken.pid())).isZero();
			upgrade(server, load);
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void predecessorTakesTheTrafficBackFromASuccessorThatDies() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection busy = server.connect("echo", Duration.ofSeconds(30))) {
			SampleProcess successor = this.processes.start("-u").awaitLog("Waiting for the predecessor");
			busy.send("GET", "/slow/10000", null);
			server.signal("QUIT").awaitLog("Phase DRAINING");
			successor.awaitRunning().signal("KILL");
			server.awaitLog("takes the traffic back");
			assertThat(busy.receive().pid()).isEqualTo(server.pid());
		}
		try (StrictLoad load = new StrictLoad(server.port("echo")).light()) {
			upgrade(server, load);
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void predecessorThatWasToldToStopEndsThoughItsSuccessorDies() throws IOException {
		SampleProcess server = this.processes.start().awaitRunning();
		try (StrictConnection busy = server.connect("echo", Duration.ofSeconds(30))) {
			SampleProcess successor = this.processes.start("-u").awaitLog("Waiting for the predecessor");
			busy.send("GET", "/slow/6000", null);
			server.signal("QUIT").awaitLog("Phase DRAINING").signal("TERM").awaitLog("in phase DRAINING already");
			successor.awaitRunning().signal("KILL").awaitExit();
			assertThat(busy.receive().pid()).isEqualTo(server.pid());
		}
		assertThat(server.awaitLog("takes the traffic back").awaitExit()).as(server.log()).isEqualTo(143);
	}

	@Test
	void requestInFlightIsAnsweredByThePredecessor() throws IOException {
		SampleProcess predecessor = this.processes.start().awaitRunning();
		try (StrictConnection connection = predecessor.connect("echo", Duration.ofSeconds(30))) {
			SampleProcess successor = this.processes.start("-u").awaitLog("Waiting for the predecessor");
			connection.send("GET", "/slow/7000", null);
			predecessor.signal("QUIT").awaitLog("Draining ");
			successor.awaitRunning();
			Response response = connection.receive();
			assertThat(response.pid()).isEqualTo(predecessor.pid());
			assertThat(response.headers()).containsEntry("Connection", "close");
			assertThat(connection.isAtEnd()).isTrue();
			assertThat(predecessor.awaitExit()).isZero();
		}
	}

	@Test
	void secondUpgradeIsRefusedWhileOneIsUnderWay() {
		SampleProcess server = this.processes.start("--pingora.upgrade.connect-timeout=3s").awaitRunning();
		server.signal("QUIT").awaitLog("Phase HANDING_OVER");
		server.signal("QUIT").awaitLog("Upgrade refused: the server is in phase HANDING_OVER");
		server.awaitLog("Upgrade failed");
	}

	@Test
	void secondSuccessorIsRefused() {
		SampleProcess first = this.processes.start("-u").awaitLog("Waiting for the predecessor");
		SampleProcess second = this.processes.start("-u");
		assertThat(second.awaitExit()).isEqualTo(1);
		assertThat(second.log()).contains("Another successor waits");
		assertThat(first.isAlive()).isTrue();
	}

	@Test
	void successorWithoutPredecessorFails() {
		SampleProcess lonely = this.processes.start("-u", "--pingora.upgrade.receive-timeout=500ms");
		assertThat(lonely.awaitExit()).isEqualTo(1);
		assertThat(lonely.log()).contains("APPLICATION FAILED TO START").contains("No predecessor handed over");
	}

	@Test
	void interruptDuringTheHandOverEndsTheProcess() throws Exception {
		SampleProcess server = this.processes.start().awaitRunning();
		server.signal("QUIT").awaitLog("Phase HANDING_OVER").signal("INT");
		assertThat(CompletableFuture.supplyAsync(server::awaitExit).get()).isEqualTo(130);
	}

	@Test
	void terminationDuringTheHandOverAbortsIt() {
		SampleProcess server = this.processes.start().awaitRunning();
		SampleProcess successor = this.processes.startWith(HangingRunner.class, "-u");
		server.signal("QUIT").awaitLog("has the sockets");
		successor.awaitLog("Hanging");
		server.signal("TERM");
		assertThat(server.awaitExit()).isEqualTo(143);
		assertThat(server.log()).contains("the predecessor was told to terminate");
	}

}
