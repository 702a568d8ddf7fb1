package dev.pingora.spring.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;

/**
 * A background service that takes note of its starts and stops, and of how many work at
 * one time.
 */
class Worker implements BackgroundService {

	static final AtomicInteger working = new AtomicInteger();

	static final AtomicInteger most = new AtomicInteger();

	private final String name;

	private final List<String> log;

	Worker(String name, List<String> log) {
		this.name = name;
		this.log = log;
	}

	static List<String> log() {
		working.set(0);
		most.set(0);
		return new CopyOnWriteArrayList<>();
	}

	@Override
	public String name() {
		return "worker";
	}

	@Override
	public void start(ShutdownSignal shutdown, Runnable ready) throws Exception {
		most.accumulateAndGet(working.incrementAndGet(), Math::max);
		this.log.add(this.name + " starts");
		ready.run();
		shutdown.await();
		this.log.add(this.name + " stops");
		working.decrementAndGet();
	}

}
