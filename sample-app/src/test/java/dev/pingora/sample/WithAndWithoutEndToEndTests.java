package dev.pingora.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.pingora.plain.PlainApplication;
import dev.pingora.sample.load.StrictConnection;
import dev.pingora.sample.load.StrictLoad;
import dev.pingora.sample.load.Tally;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One application with the starter and without it, side by side: requests lost by a
 * restart, time to the first response, throughput; and what noting requests costs.
 */
@EnabledIfSystemProperty(named = "compare", matches = "true")
class WithAndWithoutEndToEndTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int RESTARTS = 10;

	private static final int STARTS = 7;

	private static final int WARM_UP = 4;

	private static final int ROUNDS = 24;

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private final int port = FreePort.find();

	@ParameterizedTest
	@EnumSource
	void upgradesLoseNothingAndGracefulRestartsDo(WebServerKind kind) {
		assertThat(restarts(kind, true).failures()).isEmpty();
		assertThat(restarts(kind, false).failures()).isNotEmpty();
	}

	private StrictLoad restarts(WebServerKind kind, boolean starter) {
		SampleProcess current = serving(kind, starter, this.port);
		StrictLoad load = new StrictLoad(this.port, "/hello").mixed();
		try (load) {
			for (int i = 0; i < RESTARTS; i++) {
				current = starter ? upgrade(kind, current) : restart(kind, current);
				long pid = current.pid();
				await().atMost(TIMEOUT).until(() -> load.servedBy(pid) > 20_000);
			}
			System.out.printf("%s %s%n%s", kind, starter ? "with the starter" : "without, graceful restart",
					Tally.table(load.finish().tallies()));
			current.signal("TERM").awaitExit();
			return load;
		}
	}

	private SampleProcess upgrade(WebServerKind kind, SampleProcess current) {
		SampleProcess successor = start(kind, true, this.port, "-u").awaitLog("Waiting for the predecessor");
		current.signal("QUIT");
		successor.awaitRunning();
		current.awaitExit();
		return successor;
	}

	private SampleProcess restart(WebServerKind kind, SampleProcess current) {
		current.signal("TERM").awaitExit();
		return start(kind, false, this.port).awaitLog("Started PlainApplication");
	}

	@ParameterizedTest
	@EnumSource
	void firstResponseComesAsSoon(WebServerKind kind) {
		List<Long> with = new ArrayList<>();
		List<Long> without = new ArrayList<>();
		for (int i = 0; i < STARTS; i++) {
			with.add(millisToFirstResponse(kind, true));
			without.add(millisToFirstResponse(kind, false));
		}
		System.out.printf("%s first response after: with %d ms %s, without %d ms %s, ratio %.3f%n", kind,
				Median.of(with), with, Median.of(without), without, (double) Median.of(with) / Median.of(without));
		assertThat((double) Median.of(with) / Median.of(without)).isLessThan(1.5);
	}

	private long millisToFirstResponse(WebServerKind kind, boolean starter) {
		long begin = System.nanoTime();
		SampleProcess server = serving(kind, starter, this.port);
		long millis = (System.nanoTime() - begin) / 1_000_000;
		server.signal("KILL").awaitExit();
		return millis;
	}

	@ParameterizedTest
	@EnumSource
	void throughputIsTheSame(WebServerKind kind) throws InterruptedException {
		int other = FreePort.find();
		SampleProcess starter = serving(kind, true, this.port);
		assertThat(throughput(kind, "the starter", starter, serving(kind, false, other), other)).isGreaterThan(0.8);
	}

	@ParameterizedTest
	@EnumSource
	void notingRequestsForTheWarmUpCostsNextToNothing(WebServerKind kind) throws InterruptedException {
		int other = FreePort.find();
		SampleProcess noting = serving(kind, true, this.port);
		SampleProcess bare = serving(kind, true, other, "--pingora.upgrade.warm-up.enabled=false");
		assertThat(throughput(kind, "noting requests", noting, bare, other)).isGreaterThan(0.9);
	}

	/**
	 * Return the requests that the process at {@link #port} serves, relative to those of
	 * another.
	 * @param what what the other does not have
	 */
	private double throughput(WebServerKind kind, String what, SampleProcess has, SampleProcess hasNot, int other)
			throws InterruptedException {
		Duration hasBefore = has.processorTime();
		Duration hasNotBefore = hasNot.processorTime();
		long with = 0;
		long without = 0;
		for (int i = -WARM_UP; i < ROUNDS; i++) {
			boolean first = i % 2 == 0;
			long one = served(first ? this.port : other);
			long two = served(first ? other : this.port);
			if (i == -1) {
				hasBefore = has.processorTime();
				hasNotBefore = hasNot.processorTime();
			}
			with += (i < 0) ? 0 : (first ? one : two);
			without += (i < 0) ? 0 : (first ? two : one);
		}
		System.out.printf("%s %s, requests in %d rounds: with %d, without %d, ratio %.3f%n", kind, what, ROUNDS, with,
				without, (double) with / without);
		double used = (double) has.processorTime().minus(hasBefore).toNanos() / with;
		double bareUsed = (double) hasNot.processorTime().minus(hasNotBefore).toNanos() / without;
		System.out.printf("%s %s, processor time of a request: with %.1f µs, without %.1f µs, ratio %.3f%n", kind, what,
				used / 1000, bareUsed / 1000, used / bareUsed);
		return (double) with / without;
	}

	/**
	 * Return how many requests are served in two seconds.
	 */
	private static long served(int port) throws InterruptedException {
		try (StrictLoad load = new StrictLoad(port, "/hello").busy(8)) {
			new CountDownLatch(1).await(2, TimeUnit.SECONDS);
			assertThat(load.finish().failures()).isEmpty();
			return load.served();
		}
	}

	private SampleProcess serving(WebServerKind kind, boolean starter, int at, String... more) {
		SampleProcess server = start(kind, starter, at, more);
		await().atMost(TIMEOUT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> answers(at));
		return server;
	}

	private static boolean answers(int port) {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
		try (StrictConnection connection = new StrictConnection(address, TIMEOUT)) {
			return connection.get("/hello").status() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private SampleProcess start(WebServerKind kind, boolean starter, int at, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=" + at));
		if (starter) {
			arguments.add("--pingora.upgrade.sock=" + this.processes.directory().resolve(at + ".sock"));
		}
		Collections.addAll(arguments, more);
		return this.processes.run(SampleProcess.plain(PlainApplication.class, kind, starter, arguments));
	}

}
