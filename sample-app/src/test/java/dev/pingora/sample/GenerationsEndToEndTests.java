package dev.pingora.sample;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.broken.HangingRunner;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.spring.upgrade.StatusSockets;
import dev.pingora.spring.upgrade.UpgradeSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One upgrade at a time, and as many after each other as one likes, while older
 * generations drain.
 */
class GenerationsEndToEndTests {

	private static final int UPGRADES = Integer.getInteger("faults.upgrades", 2);

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	@Test
	void oldestGenerationIsCutOffWhenTooManyDrain() throws IOException {
		FaultScene scene = new FaultScene(this.processes, "--pingora.upgrade.max-draining=2",
				"--pingora.upgrade.drain-timeout=5m")
			.begin();
		SampleProcess first = scene.server();
		try (StrictConnection slow = first.connect("echo", Duration.ofMinutes(2))) {
			slow.send("GET", "/slow/100000", null);
			SampleProcess second = scene.handOver();
			try (Socket ofSecond = scene.hold()) {
				SampleProcess third = scene.handOver();
				try (Socket ofThird = scene.hold()) {
					assertThat(first.isAlive()).isTrue();
					SampleProcess fourth = scene.handOver();
					first.awaitLog("Cut off, because generation 3 (pid %d) begins to drain".formatted(third.pid()))
						.awaitLog("closed 0 idle connections, cut off 1 busy ones");
					assertThatExceptionOfType(IOException.class).isThrownBy(slow::receive);
					assertThat(first.awaitExit()).as(first.log()).isEqualTo(3);
					third.awaitLog("Cutting off generation 1 (pid %d)".formatted(first.pid()));
					FaultScene.echo(ofSecond);
					FaultScene.echo(ofThird);
					assertThat(StatusSockets.ask(new UpgradeSocket(scene.upgradeSocket(), false)))
						.anyMatch(
								(line) -> line.startsWith("generation=2 pid=%d phase=DRAINING".formatted(second.pid())))
						.anyMatch(
								(line) -> line.startsWith("generation=3 pid=%d phase=DRAINING".formatted(third.pid())))
						.anyMatch(
								(line) -> line.startsWith("generation=4 pid=%d phase=RUNNING".formatted(fourth.pid())))
						.hasSize(3);
				}
				assertThat(third.awaitExit()).as(third.log()).isZero();
			}
			assertThat(second.awaitExit()).as(second.log()).isZero();
		}
		scene.end();
	}

	@Test
	void secondSuccessorAndSecondSignalAreRefusedWithTheReason() {
		FaultScene scene = new FaultScene(this.processes).begin();
		SampleProcess server = scene.server();
		SampleProcess first = scene.successor("--spring.main.sources=" + HangingRunner.class.getName());
		server.signal("QUIT").awaitLog("has the sockets");
		SampleProcess second = scene.start(Mishap.NONE, "", "-u");
		server.signal("QUIT").awaitLog("Upgrade refused: the server is in phase HANDING_OVER");
		assertThat(second.awaitExit()).isEqualTo(1);
		assertThat(second.log()).contains("APPLICATION FAILED TO START",
				"Generation 1 (pid %d) hands over to another successor (pid %d) already".formatted(server.pid(),
						first.pid()));
		first.close();
		server.awaitUpgradeFailed();
		scene.upgrade();
		scene.end();
	}

	@Test
	void upgradesFollowEachOther() {
		FaultScene scene = new FaultScene(this.processes).begin();
		List<String> times = new ArrayList<>();
		for (int upgrade = 1; upgrade <= UPGRADES; upgrade++) {
			SampleProcess predecessor = scene.server();
			long begin = System.nanoTime();
			scene.handOver();
			long served = System.nanoTime();
			assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
			times.add("| %d | %d | %d |".formatted(upgrade, (served - begin) / 1_000_000,
					(System.nanoTime() - served) / 1_000_000));
		}
		scene.end();
		System.out.println("""
				| upgrade | ms from the start of the successor until it serves | ms until the predecessor is gone |
				|---|---|---|
				%s
				%d requests served""".formatted(String.join("\n", times), scene.rows().get(0).served()));
	}

}
