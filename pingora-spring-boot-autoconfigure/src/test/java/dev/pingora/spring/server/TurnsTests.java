package dev.pingora.spring.server;

import java.time.Duration;
import java.util.List;

import dev.pingora.spring.listen.Listener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.invocation.Invocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockingDetails;
import static org.mockito.Mockito.never;

/**
 * Who opens and closes the doors, and how they are left.
 */
@Timeout(60)
class TurnsTests {

	private static final Spread LONG = Spread.over(Duration.ofHours(1), 1);

	private final Listener listener = mock(Listener.class);

	@Test
	void successorHasAllAtTheEnd() throws InterruptedException {
		Turns.ofSuccessor(Spread.over(Duration.ofMillis(50), 1), List.of(this.listener)).take((share) -> {
		});
		assertThat(lastWord()).isEqualTo("resume");
	}

	@Test
	void predecessorHasNothingAtTheEnd() throws InterruptedException {
		Turns.ofPredecessor(Spread.over(Duration.ofMillis(50), 1), List.of(this.listener)).take((share) -> {
		});
		assertThat(lastWord()).isEqualTo("pause");
	}

	private String lastWord() {
		List<Invocation> words = List.copyOf(mockingDetails(this.listener).getInvocations());
		return words.get(words.size() - 1).getMethod().getName();
	}

	@Test
	void doorsOfASuccessorWhoseTurnsAreCutShortAreOpen() {
		Turns turns = Turns.ofSuccessor(LONG, List.of(this.listener));
		assertThatIllegalStateException().isThrownBy(() -> turns.take((share) -> {
			throw new IllegalStateException("disturbed");
		}));
		then(this.listener).should().resume();
		then(this.listener).should(never()).pause();
	}

	@Test
	void doorThatDoesNotCloseIsOpenedAllTheSame() {
		willThrow(new IllegalStateException("cannot close")).given(this.listener).pause();
		Turns turns = Turns.ofSuccessor(LONG, List.of(this.listener));
		assertThatIllegalStateException().isThrownBy(() -> turns.take((share) -> {
		}));
		then(this.listener).should().resume();
	}

	@Test
	void firstWordCounts() {
		Turns turns = Turns.ofSuccessor(LONG, List.of(this.listener));
		turns.end();
		turns.end(true);
		then(this.listener).shouldHaveNoInteractions();
	}

	@Test
	void predecessorOpensADoorThatSomebodyElseHasClosed() throws InterruptedException {
		Turns turns = Turns.ofPredecessor(LONG, List.of(this.listener));
		turns.take((share) -> {
			if (!mockingDetails(this.listener).getInvocations().isEmpty()) {
				turns.end();
			}
		});
		then(this.listener).should().resume();
		then(this.listener).should(never()).pause();
	}

}
