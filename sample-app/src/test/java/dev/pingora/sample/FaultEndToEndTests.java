package dev.pingora.sample;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.pingora.sample.FaultRow.Case;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happens to either process of an upgrade, at any step, some process serves
 * every request: two real JVMs for each fault, under a load that never retries.
 */
class FaultEndToEndTests {

	private static final boolean ALL = Boolean.getBoolean("faults");

	@RegisterExtension
	private final SampleProcesses processes = new SampleProcesses();

	private FaultScene scene;

	@TestFactory
	Stream<DynamicTest> serverIsServedThroughEveryFaultOfASuccessor() {
		return run("successor", ALL ? all() : List.of(new Fault(Step.BEFORE_HELLO, Mishap.NONE),
				new Fault(Step.AFTER_THE_SOCKETS, Mishap.KILLED), new Fault(Step.AFTER_PREPARED, Mishap.EXITING),
				new Fault(Step.AFTER_COMMIT, Mishap.SHORT_OF_MEMORY), new Fault(Step.AFTER_COMMIT, Mishap.STOPPED),
				new Fault(Step.AFTER_SERVING, Mishap.OUT_OF_MEMORY)));
	}

	@TestFactory
	Stream<DynamicTest> serverIsServedThroughEveryFaultOfAPredecessor() {
		return run("predecessor",
				ALL ? all() : List.of(new Fault(Step.AFTER_COMMIT, Mishap.FAILING),
						new Fault(Step.AFTER_THE_SOCKETS, Mishap.KILLED), new Fault(Step.AFTER_COMMIT, Mishap.STOPPED),
						new Fault(Step.AFTER_SERVING, Mishap.KILLED)));
	}

	private static List<Fault> all() {
		List<Fault> all = new ArrayList<>();
		for (Mishap mishap : Mishap.values()) {
			Arrays.stream(Step.values())
				.filter((step) -> mishap != Mishap.NONE || step == Step.BEFORE_HELLO)
				.forEach((step) -> all.add(new Fault(step, mishap)));
		}
		return all;
	}

	private Stream<DynamicTest> run(String process, List<Fault> faults) {
		this.scene = new FaultScene(this.processes);
		return faults.stream()
			.filter((fault) -> FaultScene.isChosen(process + " " + fault))
			.map((fault) -> DynamicTest.dynamicTest(process + " " + fault, () -> run(process, fault)))
			.onClose(() -> System.out.println(FaultRow.table(this.scene.rows())));
	}

	private void run(String process, Fault fault) throws IOException {
		boolean survived = false;
		try {
			if (process.equals("successor")) {
				this.scene.begin();
				happensToSuccessor(fault);
			}
			else {
				FaultScene begun = (fault.mishap() == Mishap.OUT_OF_MEMORY) ? this.scene.beginWithoutMemory()
						: this.scene.begin();
				happensToPredecessor(begun.server(), fault);
			}
			survived = true;
		}
		finally {
			if (!survived) {
				this.scene.abandon();
			}
		}
	}

	private void happensToSuccessor(Fault fault) throws IOException {
		if (fault.mishap() == Mishap.NONE) {
			successorIsMissing();
			return;
		}
		SampleProcess server = this.scene.server();
		try (Socket held = this.scene.hold()) {
			SampleProcess successor = this.scene.start(fault.mishap(), fault.step().inSuccessor(), "-u");
			successor.awaitLog((fault.step() == Step.BEFORE_HELLO) ? "Fault: " : "Waiting for the predecessor");
			server.signal("QUIT");
			boolean served = fault.step() == Step.AFTER_SERVING;
			boolean hangs = served && fault.mishap() == Mishap.STOPPED;
			if (hangs) {
				// Nobody can tell it from a process that is slow: what it does not accept
				// waits.
				server.awaitLog("Draining ");
				successor.awaitLog("Fault: ").close();
			}
			server.awaitLog(served ? "takes the traffic back" : "Upgrade failed, this process goes on serving")
				.awaitLog("Phase RUNNING");
			if (fault.mishap() == Mishap.STOPPED && !hangs) {
				successor.signal("CONT");
			}
			int exitCode = hangs ? Mishap.KILLED.exitCode() : fault.mishap().exitCode();
			assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(exitCode);
			FaultScene.echo(held);
			String outcome = served ? "the predecessor takes the traffic back" + (hangs ? " when it is killed" : "")
					: "the predecessor goes on";
			this.scene.end(fault.of("successor", outcome, "successor %d".formatted(exitCode)),
					hangs || (served && fault.mishap().isDeadly()));
		}
		upgradeAfter(fault);
	}

	/**
	 * Show that an upgrade works after a fault from which both processes had to recover.
	 * After the others the next row is the proof.
	 */
	private void upgradeAfter(Fault fault) {
		if (ALL && !fault.step().isBefore(Step.AFTER_COMMIT)) {
			this.scene.upgrade();
		}
	}

	private void successorIsMissing() {
		this.scene.server().signal("QUIT").awaitLog("No successor listens").awaitLog("Phase RUNNING");
		this.scene.end(new Case("successor", "missing", "", "the predecessor goes on", ""), false);
	}

	private void happensToPredecessor(SampleProcess old, Fault fault) {
		SampleProcess successor = this.scene.successor();
		this.scene.arm(old, fault.mishap(), fault.step().inPredecessor());
		old.signal("QUIT");
		if (fault.mishap() != Mishap.NONE) {
			old.awaitLog("Fault: ");
		}
		switch (fault.mishap()) {
			case STOPPED -> predecessorIsStopped(fault, old, successor);
			case SHORT_OF_MEMORY, FAILING -> predecessorFails(fault, old, successor);
			case KILLED, OUT_OF_MEMORY -> predecessorDies(fault, old, successor);
			case EXITING -> predecessorExits(fault, old, successor);
			default -> successorServes(fault, old, successor, 0);
		}
		if (this.scene.server() == old) {
			upgradeAfter(fault);
		}
	}

	/**
	 * Until the COMMIT is sent nobody but the predecessor may serve, and does when it
	 * goes on.
	 */
	private void predecessorIsStopped(Fault fault, SampleProcess old, SampleProcess successor) {
		if (!fault.step().isBefore(Step.AFTER_COMMIT)) {
			successor.awaitRunning();
			old.signal("CONT");
			successorServes(fault, old, successor, 0);
			return;
		}
		assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(1);
		old.signal("CONT").awaitUpgradeFailed();
		this.scene.end(fault.of("predecessor", "the successor gives up, the predecessor goes on", "successor 1"),
				false);
	}

	private void predecessorFails(Fault fault, SampleProcess old, SampleProcess successor) {
		if (fault.step() == Step.AFTER_SERVING) {
			successorServes(fault, old, successor, 1);
			return;
		}
		old.awaitUpgradeFailed();
		assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(1);
		this.scene.end(fault.of("predecessor", "the predecessor goes on", "successor 1"), false);
	}

	private void predecessorDies(Fault fault, SampleProcess old, SampleProcess successor) {
		if (fault.step().isBefore(Step.AFTER_THE_SOCKETS)) {
			nobodyServes(fault, old, successor, "nobody else has the sockets: the successor gives up");
		}
		else {
			successorServes(fault, old, successor, fault.mishap().exitCode());
		}
	}

	/**
	 * A predecessor that exits by itself before its COMMIT is told to leave, as by
	 * SIGTERM, and calls the upgrade off.
	 */
	private void predecessorExits(Fault fault, SampleProcess old, SampleProcess successor) {
		if (fault.step().isBefore(Step.AFTER_COMMIT)) {
			nobodyServes(fault, old, successor, "the upgrade is called off, and both end");
		}
		else {
			successorServes(fault, old, successor, fault.mishap().exitCode());
		}
	}

	private void successorServes(Fault fault, SampleProcess old, SampleProcess successor, int exitCode) {
		successor.awaitRunning();
		assertThat(old.awaitExit()).as(old.log()).isEqualTo(exitCode);
		this.scene.succeededBy(successor);
		this.scene.end(fault.of("predecessor", "the successor serves", "predecessor %d".formatted(exitCode)),
				fault.mishap().isDeadly());
	}

	private void nobodyServes(Fault fault, SampleProcess old, SampleProcess successor, String outcome) {
		assertThat(old.awaitExit()).as(old.log()).isEqualTo(fault.mishap().exitCode());
		assertThat(successor.awaitExit()).as(successor.log()).isEqualTo(1);
		this.scene.endWithoutServer(
				fault.of("predecessor", outcome, "predecessor %d, successor 1".formatted(fault.mishap().exitCode())));
	}

	/**
	 * What happens to one of the two processes, and when.
	 */
	private record Fault(Step step, Mishap mishap) {

		Case of(String process, String outcome, String exits) {
			return new Case(process, this.mishap.toString(), this.step.toString(), outcome, exits);
		}

		@Override
		public String toString() {
			return this.mishap + " " + this.step;
		}

	}

}
