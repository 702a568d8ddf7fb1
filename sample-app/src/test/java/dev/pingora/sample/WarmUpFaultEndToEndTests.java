package dev.pingora.sample;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to either process of an upgrade while the successor warms up.
 */
class WarmUpFaultEndToEndTests {

	private static final String CALLED_OFF = "until the predecessor called the upgrade off or was gone";

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private FaultScene scene;

	@BeforeEach
	void createScene() {
		this.scene = new FaultScene(this.processes, "--pingora.upgrade.warm-up.timeout=30s",
				"--logging.level.dev.pingora.spring.warmup=DEBUG");
	}

	@Test
	void predecessorGoesOnWhateverTheSuccessorIsTold() {
		end(successorThatWarmsUp(), "KILL", 137);
		end(successorThatWarmsUp(), "TERM", 143);
		end(successorThatWarmsUp(), "INT", 130);
	}

	private void end(SampleProcess successor, String signal, int exitCode) {
		assertThat(successor.signal(signal).awaitExit()).as(successor.log()).isEqualTo(exitCode);
		this.scene.server().awaitUpgradeFailed();
		this.scene.end();
	}

	@Test
	void successorWarmsUpNoLongerWhenThePredecessorIsGone() {
		SampleProcess successor = successorThatWarmsUp();
		this.scene.server().signal("KILL").awaitExit();
		this.scene.succeededBy(successor.awaitRunning());
		assertThat(successor.log()).contains(CALLED_OFF);
		this.scene.end(FaultRow.Case.NONE, true);
	}

	@Test
	void successorGivesUpWhenThePredecessorIsToldToExit() {
		SampleProcess successor = successorThatWarmsUp();
		SampleProcess predecessor = this.scene.server().signal("TERM");
		assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(1);
		assertThat(successor.log()).contains(CALLED_OFF);
		assertThat(predecessor.awaitExit()).as(predecessor.log()).isEqualTo(143);
		this.scene.endWithoutServer(FaultRow.Case.NONE);
	}

	private SampleProcess successorThatWarmsUp() {
		this.scene.begin();
		SampleProcess successor = this.scene.successor();
		this.scene.server().signal("QUIT");
		return successor.awaitLog("compilers busy for");
	}

}
