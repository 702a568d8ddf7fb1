package dev.pingora.sample;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.pingora.spring.service.BackgroundService;
import dev.pingora.spring.service.ShutdownSignal;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

/**
 * Work that only one process may do at a time: it counts its beats.
 */
@Component
class Heartbeat implements BackgroundService {

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private final AtomicLong beats;

	Heartbeat(MeterRegistry registry) {
		this.beats = registry.gauge("sample.heartbeats", new AtomicLong());
	}

	@Override
	public String name() {
		return "heartbeat";
	}

	@Override
	public void start(ShutdownSignal shutdown, Runnable ready) throws InterruptedException {
		ready.run();
		while (!shutdown.await(PAUSE)) {
			this.beats.incrementAndGet();
		}
	}

}
