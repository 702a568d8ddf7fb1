package dev.pingora.spring.upgrade;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UpgradeProtocol}: every order in which the two processes can follow
 * its rules, with a kill, a failure, a time-out or an order of the operator at any point.
 */
class ProtocolModelTests {

	private static final Set<PredecessorState> HAS_HEARD_SERVING = EnumSet.of(PredecessorState.DRAINING,
			PredecessorState.DRAINING_ALONE, PredecessorState.LEFT);

	private static Map<ProtocolModel, List<String>> reached;

	@BeforeAll
	static void explore() {
		reached = ProtocolModel.explore();
	}

	@Test
	void inTheEndExactlyOneProcessServes() {
		assertNever((model) -> model.progress().isEmpty() && !model.excused()
				&& !(model.old().told() && model.next().told()) && model.old().serves() == model.next().serves());
	}

	@Test
	void inTheEndTheyNeverBothServe() {
		assertNever((model) -> model.progress().isEmpty() && model.old().serves() && model.next().serves());
	}

	@Test
	void predecessorAcceptsUntilItHasHeardThatTheSuccessorServes() {
		assertNever((model) -> model.old().alive() && !model.old().accepts()
				&& !(model.saidServing() && HAS_HEARD_SERVING.contains(model.old().state())));
	}

	@Test
	void successorAcceptsOnlyWhenThePredecessorSaidSoOrIsGone() {
		Set<PredecessorState> committed = EnumSet.of(PredecessorState.COMMITTED, PredecessorState.WITHDRAWN,
				PredecessorState.DRAINING, PredecessorState.FORSAKEN, PredecessorState.DRAINING_ALONE,
				PredecessorState.LEFT);
		assertNever(
				(model) -> model.next().accepts() && model.old().alive() && !committed.contains(model.old().state()));
	}

	@Test
	void backgroundServicesNeverRunInBoth() {
		assertNever((model) -> model.old().background() && model.next().background());
	}

	@Test
	void everyStateIsReached() {
		Set<PredecessorState> toPingora = EnumSet.of(PredecessorState.RELEASING, PredecessorState.TRUSTING);
		assertThat(reached.keySet().stream().map((model) -> model.old().state()).distinct())
			.containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.copyOf(toPingora)));
		assertThat(reached.keySet().stream().map((model) -> model.next().state()).distinct())
			.containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(SuccessorState.STARTING_ALONE)));
	}

	private static void assertNever(Predicate<ProtocolModel> wrong) {
		List<ProtocolModel> found = reached.keySet().stream().filter(wrong).limit(3).toList();
		assertThat(found).as(() -> found.isEmpty() ? "" : found.get(0) + " after " + reached.get(found.get(0)))
			.isEmpty();
	}

}
