package dev.pingora.spring.server;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DrainSignal}.
 */
class DrainSignalTests {

	private final DrainSignal signal = new DrainSignal();

	private final AtomicInteger completed = new AtomicInteger();

	@Test
	void everybodyWhoWaitsIsToldOfTheDrain() {
		await();
		await();
		this.signal.onPhase(ExecutionPhase.HANDING_OVER);
		assertThat(this.completed).hasValue(0);
		this.signal.onPhase(ExecutionPhase.DRAINING);
		assertThat(this.completed).hasValue(2);
	}

	@Test
	void whoComesInADrainIsToldAtOnce() {
		this.signal.onPhase(ExecutionPhase.DRAINING);
		await();
		assertThat(this.completed).hasValue(1);
	}

	@Test
	void aServerThatTookTheTrafficBackTellsOfItsNextDrain() {
		this.signal.onPhase(ExecutionPhase.DRAINING);
		this.signal.onPhase(ExecutionPhase.RUNNING);
		await();
		assertThat(this.completed).hasValue(0);
		this.signal.onPhase(ExecutionPhase.DRAINING);
		assertThat(this.completed).hasValue(1);
	}

	private void await() {
		this.signal.begun().subscribe(null, null, this.completed::incrementAndGet);
	}

}
