package dev.pingora.sample;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.pingora.sample.load.Http2Load;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The time after a hand-over in which both processes serve, under a load that never
 * retries.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SpreadEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final Duration HALF = Duration.ofSeconds(2);

	private static final String DEFAULT = "--pingora.upgrade.drain-spread=4s";

	private static final String LONG = "--pingora.upgrade.drain-spread=60s";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	/**
	 * Return the web servers: all of them in the long run.
	 */
	static Stream<WebServerKind> kinds() {
		boolean all = Integer.getInteger("web.upgrades", 0) > 3;
		return Stream.of(WebServerKind.values()).filter((kind) -> all || kind == WebServerKind.NETTY);
	}

	@ParameterizedTest
	@MethodSource("kinds")
	void trafficGoesOverBitByBit(WebServerKind kind) {
		SampleProcess predecessor = this.processes.start(kind, DEFAULT, "--server.http2.enabled=true");
		SampleProcess successor = this.processes.start(kind, "-u", DEFAULT, "--server.http2.enabled=true");
		int port = predecessor.awaitRunning().port("web");
		try (StrictLoad load = new StrictLoad(port, "/hello").paced(8, Duration.ofMillis(20)).newConnections(2);
				Http2Load http2 = new Http2Load(port, "/hello", false, (kind == WebServerKind.JETTY) ? 0 : 1)) {
			successor.awaitLog("Waiting for the predecessor");
			await().atMost(TIMEOUT).until(() -> load.servedBy(predecessor.pid()) > 100);
			predecessor.signal("QUIT").awaitLog("Phase SHARING");
			Shares begin = Shares.of(load, predecessor, successor);
			await().pollDelay(HALF).atMost(TIMEOUT).until(() -> true);
			Shares half = Shares.of(load, predecessor, successor);
			predecessor.awaitLog("Phase DRAINING");
			Shares end = Shares.of(load, predecessor, successor);
			assertThat(predecessor.awaitExit()).as(predecessor.log()).isZero();
			System.out.printf("%s: successor's share at first %s, then %s%n%s%s%n", kind, half.since(begin),
					end.since(half), Tally.table(load.finish().tallies()), http2.finish().tally());
			assertThat(load.failures()).isEmpty();
			assertThat(http2.tally().failures()).isEmpty();
			assertThat(end.since(half).ofKeepAlive()).isGreaterThan(half.since(begin).ofKeepAlive()).isLessThan(1);
			assertThat(end.since(half).ofNewConnections()).isGreaterThan(half.since(begin).ofNewConnections())
				.isLessThan(1);
		}
	}

	@Test
	void predecessorServesAllWhenTheSuccessorDies() {
		SampleProcess predecessor = this.processes.start(LONG);
		SampleProcess successor = this.processes.start("-u", LONG);
		share(predecessor, successor);
		successor.signal("KILL");
		predecessor.awaitLog("takes the traffic back");
		servesAll(predecessor);
	}

	@Test
	void successorServesAllWhenThePredecessorDies() {
		SampleProcess predecessor = this.processes.start(LONG);
		SampleProcess successor = this.processes.start("-u", LONG);
		share(predecessor, successor);
		predecessor.signal("KILL").awaitExit();
		servesAll(successor);
	}

	private static void share(SampleProcess predecessor, SampleProcess successor) {
		try (StrictLoad load = new StrictLoad(predecessor.awaitRunning().port("echo")).light()) {
			handOver(predecessor, successor, load);
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	@Test
	void predecessorThatIsTerminatedLosesNothing() {
		SampleProcess predecessor = this.processes.start(LONG);
		SampleProcess successor = this.processes.start("-u", LONG);
		try (StrictLoad load = new StrictLoad(predecessor.awaitRunning().port("echo")).light()) {
			handOver(predecessor, successor, load);
			predecessor.signal("TERM").awaitLog("Phase DRAINING");
			assertThat(predecessor.awaitExit()).isZero();
			await().atMost(TIMEOUT).until(() -> load.servedBy(successor.pid()) > 100);
			assertThat(load.finish().failures()).isEmpty();
		}
	}

	private static void handOver(SampleProcess predecessor, SampleProcess successor, StrictLoad load) {
		successor.awaitLog("Waiting for the predecessor");
		await().atMost(TIMEOUT).until(() -> load.servedBy(predecessor.pid()) > 100);
		predecessor.signal("QUIT").awaitLog("Phase SHARING");
		long before = load.servedBy(predecessor.pid());
		await().atMost(TIMEOUT).until(() -> load.servedBy(predecessor.pid()) > before + 100);
	}

	private static void servesAll(SampleProcess process) {
		try (StrictLoad load = new StrictLoad(process.port("echo")).light()) {
			await().atMost(TIMEOUT).until(() -> load.served() > 500 || !load.failures().isEmpty());
			assertThat(load.finish().failures()).isEmpty();
			assertThat(load.servedBy(process.pid())).isEqualTo(load.served());
		}
	}

	/**
	 * How many requests each process has served, by kind of client.
	 */
	private record Shares(long keepAliveBefore, long keepAliveAfter, long newBefore, long newAfter) {

		static Shares of(StrictLoad load, SampleProcess predecessor, SampleProcess successor) {
			Tally keepAlive = load.tallies().get(0);
			Tally newConnections = load.tallies().get(1);
			return new Shares(keepAlive.servedBy(predecessor.pid()), keepAlive.servedBy(successor.pid()),
					newConnections.servedBy(predecessor.pid()), newConnections.servedBy(successor.pid()));
		}

		Shares since(Shares earlier) {
			return new Shares(this.keepAliveBefore - earlier.keepAliveBefore,
					this.keepAliveAfter - earlier.keepAliveAfter, this.newBefore - earlier.newBefore,
					this.newAfter - earlier.newAfter);
		}

		double ofKeepAlive() {
			return (double) this.keepAliveAfter / (this.keepAliveBefore + this.keepAliveAfter);
		}

		double ofNewConnections() {
			return (double) this.newAfter / (this.newBefore + this.newAfter);
		}

	}

}
