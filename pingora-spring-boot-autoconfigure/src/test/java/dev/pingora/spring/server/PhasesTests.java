package dev.pingora.spring.server;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Phases}.
 */
class PhasesTests {

	private final Phases phases = new Phases();

	@Test
	void changeHappensOnlyFromThePhaseThatIsExpected() {
		assertThat(this.phases.change(ExecutionPhase.RUNNING, ExecutionPhase.DRAINING)).isFalse();
		assertThat(this.phases.current()).isEqualTo(ExecutionPhase.SETUP);
		assertThat(this.phases.change(ExecutionPhase.SETUP, ExecutionPhase.BOOTSTRAP)).isTrue();
		assertThat(this.phases.current()).isEqualTo(ExecutionPhase.BOOTSTRAP);
	}

	@Test
	void listenersHearOfEveryPhaseEvenAfterOneOfThemFailed() {
		List<ExecutionPhase> heard = new ArrayList<>();
		this.phases.add((phase) -> {
			throw new IllegalStateException("a listener of the application");
		});
		this.phases.add(heard::add);
		this.phases.change(ExecutionPhase.SETUP, ExecutionPhase.BOOTSTRAP);
		this.phases.change(ExecutionPhase.RUNNING, ExecutionPhase.DRAINING);
		this.phases.change(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED);
		assertThat(heard).containsExactly(ExecutionPhase.BOOTSTRAP, ExecutionPhase.PREPARED);
	}

}
