package dev.pingora.spring.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.UpgradeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link BackgroundServices}, alone and over real upgrades.
 */
@Timeout(60)
class BackgroundServicesTests {

	private final CompletableFuture<Integer> exit = new CompletableFuture<>();

	private final List<String> log = Worker.log();

	@TempDir
	private Path directory;

	@Test
	void workGoesFromThePredecessorToTheSuccessor() throws Exception {
		ServerPair pair = pair();
		PingoraServer first = pair.start(this.exit, new Worker("first", this.log));
		await().until(() -> first.report().background().contains(running()));
		CompletableFuture<PingoraServer> starting = pair.startSuccessor(new Worker("second", this.log));
		assertThat(first.upgrade()).isTrue();
		PingoraServer second = starting.get(20, TimeUnit.SECONDS);
		await().until(() -> second.report().background().contains(running()));
		assertThat(this.log).containsExactly("first starts", "first stops", "second starts");
		assertThat(first.report().background())
			.containsExactly(new BackgroundReport("worker", BackgroundState.STOPPED));
		first.stop();
		second.stop();
		assertThat(this.log).endsWith("second starts", "second stops");
		assertThat(Worker.most).hasValue(1);
	}

	@Test
	void workGoesOnWhereTheSuccessorFailsBeforeTheCommit() throws Exception {
		ServerPair pair = pair();
		PingoraServer server = pair.start(this.exit, new Worker("first", this.log));
		await().until(() -> server.report().background().contains(running()));
		Predecessor seen = Predecessor.listen(pair.socket(), pair.timeouts());
		CompletableFuture<Void> failing = CompletableFuture.runAsync(() -> {
			seen.sockets();
			seen.fail("broken");
		}, (task) -> new Thread(task).start());
		assertThat(server.upgrade()).isFalse();
		failing.join();
		assertThat(this.log).containsExactly("first starts");
		server.stop();
	}

	@Test
	void workBeginsAgainOnlyWhenTheSuccessorIsGoneThatDidNotServeAfterTheCommit() throws Exception {
		ServerPair pair = new ServerPair(this.directory, false, Duration.ofSeconds(20), Duration.ofMillis(300));
		PingoraServer server = pair.start(this.exit, new Worker("first", this.log));
		await().until(() -> server.report().background().contains(running()));
		Predecessor seen = Predecessor.listen(pair.socket(), pair.timeouts());
		CountDownLatch leave = new CountDownLatch(1);
		Thread silent = new Thread(() -> {
			seen.sockets().forEach((socket) -> socket.close());
			seen.awaitCommit(Duration.ZERO);
			awaitUninterrupted(leave);
			seen.close();
		});
		silent.start();
		assertThat(server.upgrade()).isFalse();
		assertThat(server.report().upgrades().get(0).reason()).contains("did not send SERVING in time");
		assertThat(this.log).containsExactly("first starts", "first stops");
		leave.countDown();
		await().until(() -> server.report().background().contains(running()));
		assertThat(this.log).containsExactly("first starts", "first stops", "first starts");
		silent.join();
		server.stop();
	}

	@Test
	void workGoesOnInAPredecessorThatTakesTheTrafficBack() throws Exception {
		ServerPair pair = pair();
		PingoraServer first = pair.start(this.exit, new Worker("first", this.log));
		await().until(() -> first.report().background().contains(running()));
		try (var open = ServerPair.connect(first)) {
			await().until(() -> first.listeners().get(0).connections().active() == 1);
			Predecessor seen = Predecessor.listen(pair.socket(), pair.timeouts());
			Thread dying = new Thread(() -> {
				seen.sockets().forEach((socket) -> socket.close());
				seen.awaitCommit(Duration.ZERO);
				seen.serving(List.of(), (reason) -> {
				}, () -> {
				}, (lastWord) -> {
				});
				await().until(() -> first.phase() == ExecutionPhase.DRAINING);
				seen.close();
			});
			dying.start();
			assertThat(first.upgrade()).isTrue();
			dying.join();
			await().until(() -> first.report().background().contains(running()));
			assertThat(this.log).containsExactly("first starts", "first stops", "first starts");
			assertThat(first.phase()).isEqualTo(ExecutionPhase.RUNNING);
			assertThat(open.isConnected()).isTrue();
		}
		first.stop();
	}

	@Test
	void upgradeFailsWhereAServiceDoesNotStopAndTheOthersGoOn() throws Exception {
		ServerPair pair = pair();
		CountDownLatch release = new CountDownLatch(1);
		BackgroundService stubborn = service("stubborn", (shutdown, ready) -> {
			ready.run();
			while (release.getCount() > 0) {
				awaitUninterrupted(release);
			}
		});
		PingoraServer first = pair.start(this.exit, stubborn, new Worker("first", this.log));
		await().until(() -> first.report().background().contains(running()));
		CompletableFuture<PingoraServer> starting = pair.startSuccessor(new Worker("second", this.log));
		assertThat(first.upgrade()).isFalse();
		assertThat(first.report().upgrades().get(0).reason())
			.isEqualTo("The background service stubborn does not stop within 0 s");
		await().until(() -> first.report().background().contains(running()));
		assertThat(this.log).containsExactly("first starts", "first stops", "first starts");
		await().until(starting::isCompletedExceptionally);
		release.countDown();
		first.stop();
		assertThat(Worker.most).hasValue(1);
	}

	@Test
	void serviceThatIgnoredItsSignalIsWaitedForInTheNextUpgradeToo() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		BackgroundServices services = new BackgroundServices(new Readiness(), Duration.ofMillis(100));
		services.plan(plans(service("stubborn", (shutdown, ready) -> {
			this.log.add("starts");
			while (release.getCount() > 0) {
				awaitUninterrupted(release);
			}
			this.log.add("returns");
			shutdown.await();
		})));
		services.start();
		await().until(() -> this.log.contains("starts"));
		for (int upgrade = 0; upgrade < 3; upgrade++) {
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(services::stop);
			services.start();
		}
		assertThat(this.log).containsExactly("starts");
		release.countDown();
		await().until(() -> this.log.size() == 4);
		assertThat(this.log).containsExactly("starts", "returns", "starts", "returns");
		services.stop();
	}

	@Test
	void servicesStartWhenThoseAreReadyThatTheyDependOn() throws Exception {
		CompletableFuture<Runnable> ready = new CompletableFuture<>();
		List<String> started = new CopyOnWriteArrayList<>();
		Readiness readiness = new Readiness();
		BackgroundServices services = new BackgroundServices(readiness, Duration.ofSeconds(5));
		services.plan(plans(service("base", (shutdown, whenReady) -> {
			started.add("base");
			ready.complete(whenReady);
			shutdown.await();
			started.add("base stops");
		}), service("upper", (shutdown, whenReady) -> {
			started.add("upper");
			whenReady.run();
			shutdown.await();
			started.add("upper stops");
		}, "base", "web")));
		services.start();
		Runnable baseIsReady = ready.get(20, TimeUnit.SECONDS);
		readiness.ready("web");
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> readiness.await(List.of("upper"), Duration.ofMillis(50)))
			.withMessage("The service 'upper' is not ready in time");
		assertThat(started).containsExactly("base");
		baseIsReady.run();
		readiness.await(List.of("upper"), Duration.ofSeconds(20));
		services.stop();
		assertThat(started).containsExactly("base", "upper", "upper stops", "base stops");
	}

	@Test
	void serviceThatWaitsForAnotherIsStoppedToo() throws Exception {
		BackgroundServices services = new BackgroundServices(new Readiness(), Duration.ofSeconds(30));
		services.plan(plans(service("upper", (shutdown, ready) -> this.log.add("starts"), "missing")));
		services.start();
		long begin = System.nanoTime();
		services.stop();
		assertThat(System.nanoTime() - begin).isLessThan(Duration.ofSeconds(10).toNanos());
		assertThat(this.log).isEmpty();
	}

	@Test
	void serviceThatFailsFailsWhatDependsOnIt() {
		Readiness readiness = new Readiness();
		BackgroundServices services = new BackgroundServices(readiness, Duration.ofSeconds(5));
		services.plan(plans(service("base", (shutdown, ready) -> {
			throw new IllegalStateException("no database");
		})));
		services.start();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> readiness.await(List.of("base"), Duration.ofSeconds(20)))
			.withMessage("The service 'base' is not ready: it has failed: no database");
		await().until(() -> services.reports().contains(new BackgroundReport("base", BackgroundState.ENDED)));
	}

	@Test
	void serviceThatDoesNotHeedTheSignalIsInterrupted() throws InterruptedException {
		BackgroundServices services = new BackgroundServices(new Readiness(), Duration.ofMillis(100));
		services.plan(plans(service("deaf", (shutdown, ready) -> {
			ready.run();
			new CountDownLatch(1).await();
		})));
		services.start();
		await().until(() -> services.reports().contains(new BackgroundReport("deaf", BackgroundState.RUNNING)));
		services.stop();
		assertThat(services.reports()).containsExactly(new BackgroundReport("deaf", BackgroundState.STOPPED));
	}

	@Test
	void nothingStartsAgainAfterTheEnd() throws InterruptedException {
		BackgroundServices services = new BackgroundServices(new Readiness(), Duration.ofSeconds(5));
		services.plan(plans(new Worker("first", this.log)));
		services.finish(Duration.ofSeconds(30));
		services.start();
		assertThat(services.reports()).containsExactly(new BackgroundReport("worker", BackgroundState.STOPPED));
	}

	private ServerPair pair() {
		return new ServerPair(this.directory, false, Duration.ofSeconds(20));
	}

	private static BackgroundReport running() {
		return new BackgroundReport("worker", BackgroundState.RUNNING);
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			// what a stubborn service does
		}
	}

	private static List<BackgroundPlan> plans(Object... planned) {
		return Arrays.stream(planned)
			.map((plan) -> (plan instanceof BackgroundPlan whole) ? whole
					: new BackgroundPlan((BackgroundService) plan, List.of()))
			.toList();
	}

	private static BackgroundPlan service(String name, Work work, String... dependsOn) {
		return new BackgroundPlan(service(name, work), List.of(dependsOn));
	}

	private static BackgroundService service(String name, Work work) {
		return new BackgroundService() {

			@Override
			public String name() {
				return name;
			}

			@Override
			public void start(ShutdownSignal shutdown, Runnable ready) throws Exception {
				work.run(shutdown, ready);
			}

		};
	}

	/**
	 * What a background service does.
	 */
	private interface Work {

		void run(ShutdownSignal shutdown, Runnable ready) throws Exception;

	}

}
