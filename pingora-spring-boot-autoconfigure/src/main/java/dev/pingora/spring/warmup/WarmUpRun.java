package dev.pingora.spring.warmup;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.service.WarmUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One warm-up. It ends when latency has settled, when its time is up, or when it is told
 * to, and leaves nothing behind but what it has warmed; what fails in it is logged.
 */
final class WarmUpRun {

	private static final Logger logger = LoggerFactory.getLogger(WarmUpRun.class);

	private static final String SETTLED = "latency has settled";

	private static final Duration WINDOW = Duration.ofMillis(250);

	private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

	/**
	 * So many that event loops, pools and maps are used by several at a time, because
	 * code that has only ever been alone is compiled for that.
	 */
	private static final int LEAST_CONNECTIONS = 8;

	/**
	 * How much longer a connection rests than its request was at work.
	 */
	private static final int REST = 7;

	private static final int NAMED = 5;

	private static final Duration LONGEST_REST = Duration.ofMillis(100);

	private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

	private final Duration timeout;

	private final String mark;

	private final CountDownLatch ended = new CountDownLatch(1);

	private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

	private final Queue<InsideClient> clients = new ConcurrentLinkedQueue<>();

	private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicInteger unsuccessful = new AtomicInteger();

	private volatile List<Aim> aims = List.of();

	private volatile @Nullable Settling settling;

	/**
	 * Prepare a warm-up.
	 * @param timeout how long it may take
	 * @param mark the value of the header that marks its requests
	 */
	WarmUpRun(Duration timeout, String mark) {
		this.timeout = timeout;
		this.mark = mark;
	}

	/**
	 * Warm up.
	 * @param beans what the application does itself
	 * @param planned what is sent then, asked for when that is done
	 * @return how long it took
	 */
	Duration run(List<WarmUp> beans, Supplier<List<Aim>> planned) {
		long begin = System.nanoTime();
		start("pingora-warm-up", () -> conduct(beans, planned));
		try {
			if (!this.ended.await(this.timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				end("its time was up");
			}
			awaitLastAnswers();
		}
		catch (InterruptedException ex) {
			end("it was interrupted");
			Thread.currentThread().interrupt();
		}
		this.clients.forEach(InsideClient::close);
		this.threads.forEach(Thread::interrupt);
		Duration taken = Duration.ofNanos(System.nanoTime() - begin);
		report(taken, beans.size());
		return taken;
	}

	/**
	 * Let the requests that are under way be answered where latency has settled, so that
	 * none reaches the application when its mark means nothing any more.
	 */
	private void awaitLastAnswers() throws InterruptedException {
		long deadline = System.nanoTime() + LAST_ANSWERS.toNanos();
		for (Thread thread : this.threads) {
			long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
			if (SETTLED.equals(this.reason.get()) && left > 0) {
				thread.join(left);
			}
		}
	}

	/**
	 * End at once. Only the first reason counts.
	 */
	void end(String why) {
		this.reason.compareAndSet(null, why);
		this.ended.countDown();
	}

	/**
	 * Return whether code is warm.
	 */
	boolean isWarm() {
		Settling latency = this.settling;
		return SETTLED.equals(this.reason.get()) || (latency != null && latency.isWarm());
	}

	private boolean hasEnded() {
		return this.ended.getCount() == 0;
	}

	private void start(String name, Runnable task) {
		Thread thread = new Thread(() -> guarded(task), name);
		thread.setDaemon(true);
		this.threads.add(thread);
		thread.start();
	}

	/**
	 * Do what may fail in any way, without consequences.
	 */
	private void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			end("it failed: " + ex);
		}
	}

	private void conduct(List<WarmUp> beans, Supplier<List<Aim>> planned) {
		beans.forEach(this::warmUp);
		List<Aim> all = planned.get();
		if (all.isEmpty()) {
			end("nothing was left to be sent");
			return;
		}
		this.aims = all;
		this.settling = new Settling(WINDOW, all.size(), System.nanoTime(), WarmUpRun::compiled);
		int connections = Math.max(LEAST_CONNECTIONS, Runtime.getRuntime().availableProcessors() / 2);
		for (int i = 1; i <= connections; i++) {
			start("pingora-warm-up-" + i, this::send);
		}
	}

	/**
	 * Return for how long this JVM has compiled, or nothing if it does not say.
	 */
	private static long compiled() {
		CompilationMXBean compilation = ManagementFactory.getCompilationMXBean();
		return (compilation != null && compilation.isCompilationTimeMonitoringSupported())
				? TimeUnit.MILLISECONDS.toNanos(compilation.getTotalCompilationTime()) : 0;
	}

	private void warmUp(WarmUp bean) {
		try {
			if (!hasEnded()) {
				bean.warmUp();
			}
		}
		catch (Exception ex) {
			logger.warn("The warm-up '{}' failed: {}", bean.getClass().getName(), ex.toString());
		}
	}

	/**
	 * Send one request after the other, in turn with the other connections.
	 */
	private void send() {
		Map<Listener, InsideClient> own = new HashMap<>();
		while (!hasEnded()) {
			Aim aim = nextAim();
			if (aim == null) {
				end("every request was slow or failed");
				return;
			}
			send(aim, own.computeIfAbsent(aim.listener(), this::client));
		}
	}

	/**
	 * Leave time to the compilers, and to the predecessor.
	 */
	private static void rest(long worked) {
		LockSupport.parkNanos(Math.min(worked * REST, LONGEST_REST.toNanos()));
	}

	/**
	 * Return how long one exchange may take, the handshake of a cold JVM included, so
	 * that one that hangs does not use up all of the time.
	 */
	private Duration patience() {
		Duration share = this.timeout.dividedBy(4);
		return (share.compareTo(LEAST_PATIENCE) > 0) ? share : LEAST_PATIENCE;
	}

	private InsideClient client(Listener listener) {
		InsideClient client = new InsideClient(listener, this.mark, patience());
		this.clients.add(client);
		if (hasEnded()) {
			client.close();
		}
		return client;
	}

	private @Nullable Aim nextAim() {
		List<Aim> all = this.aims;
		for (int i = 0; i < all.size(); i++) {
			Aim aim = all.get(Math.floorMod(this.next.getAndIncrement(), all.size()));
			if (aim.isWorthwhile()) {
				return aim;
			}
		}
		return null;
	}

	private void send(Aim aim, InsideClient client) {
		long begin = System.nanoTime();
		try {
			int status = client.exchange(aim.request());
			this.unsuccessful.addAndGet((status / 100 == 2) ? 0 : 1);
			answered(aim, begin);
		}
		catch (IOException ex) {
			if (!hasEnded()) {
				logger.debug("'{}' failed in the warm-up", aim, ex);
				this.unsuccessful.incrementAndGet();
				aim.failed();
			}
		}
		rest(aim.work(System.nanoTime() - begin));
	}

	private void answered(Aim aim, long begin) {
		long now = System.nanoTime();
		aim.answered(begin, now);
		Settling latency = this.settling;
		if (latency != null) {
			latency.add(now - begin, aim.work(now - begin), now);
			if (latency.isSettled()) {
				end(SETTLED);
			}
		}
	}

	private void report(Duration taken, int beans) {
		Settling latency = this.settling;
		String sent = this.aims.stream().limit(NAMED).map(Aim::toString).collect(Collectors.joining(", "));
		int more = this.aims.size() - NAMED;
		logger.info("Warmed up for {} ms until {}: {} beans, {} requests ({} not successful){}", taken.toMillis(),
				this.reason.get(), beans, (latency != null) ? latency.requests() : 0, this.unsuccessful.get(),
				(latency != null) ? ", latency %.1f to %.1f ms, of %s%s".formatted(latency.first(), latency.last(),
						sent, (more > 0) ? " and %d more".formatted(more) : "") : "");
	}

}
