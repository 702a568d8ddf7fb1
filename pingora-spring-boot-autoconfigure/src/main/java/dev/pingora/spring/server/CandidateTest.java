package dev.pingora.spring.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.pingora.spring.upgrade.UpgradeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dry run: a process that would be the successor tests its configuration and exits. No
 * socket is touched, and the server only says whether it may begin. One at a time.
 */
public final class CandidateTest {

	private static final Logger logger = LoggerFactory.getLogger(CandidateTest.class);

	private final PingoraServer server;

	private final AtomicReference<@Nullable Run> current = new AtomicReference<>();

	/**
	 * Create the test of candidates for a server. A candidate does not outlive the
	 * server.
	 * @param server the server that they would take over from
	 */
	public CandidateTest(PingoraServer server) {
		this.server = server;
		server.addPhaseListener((phase) -> {
			Run run = this.current.get();
			if (phase == ExecutionPhase.TERMINATED && run != null) {
				run.end();
			}
		});
	}

	/**
	 * Test a candidate and wait for its end.
	 * @param start starts the candidate
	 * @param timeout how long it may take, before it is ended
	 * @return what the test has shown
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public CandidateReport run(SuccessorStart start, Duration timeout) throws InterruptedException {
		Run run = new Run();
		if (!this.current.compareAndSet(null, run)) {
			return refused("another candidate is being tested");
		}
		try {
			ExecutionPhase phase = this.server.phase();
			return (phase == ExecutionPhase.RUNNING) ? run.await(start, timeout)
					: refused("the server is in phase " + phase);
		}
		catch (UpgradeException ex) {
			return refused(String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			return refused("the candidate cannot be started: " + ex.getMessage());
		}
		finally {
			this.current.set(null);
		}
	}

	private static CandidateReport refused(String reason) {
		logger.warn("No candidate is tested: {}", reason);
		return CandidateReport.refused(reason);
	}

	/**
	 * One candidate.
	 */
	private static final class Run {

		private final long begun = System.nanoTime();

		private @Nullable Process process;

		private boolean ended;

		CandidateReport await(SuccessorStart start, Duration timeout) throws IOException, InterruptedException {
			Path output = Files.createTempFile("pingora-candidate-", ".log");
			try {
				Process candidate = begin(start, output);
				boolean exited = candidate.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
				CandidateReport report = exited ? exited(candidate.exitValue(), output) : overdue(timeout, output);
				logger.info("A candidate was tested in {} ms: {}", report.duration().toMillis(), report.outcome());
				return report;
			}
			finally {
				end();
				Files.deleteIfExists(output);
			}
		}

		private synchronized Process begin(SuccessorStart start, Path output) throws IOException {
			if (this.ended) {
				throw new UpgradeException("the server is terminating");
			}
			this.process = start.test(output);
			return this.process;
		}

		synchronized void end() {
			this.ended = true;
			if (this.process != null) {
				this.process.destroyForcibly();
			}
		}

		private CandidateReport exited(int exitCode, Path output) {
			boolean valid = exitCode == 0;
			return new CandidateReport(valid ? CandidateOutcome.VALID : CandidateOutcome.INVALID,
					valid ? null : "The candidate exited with " + exitCode, duration(), exitCode,
					CandidateFindings.in(output));
		}

		private CandidateReport overdue(Duration timeout, Path output) {
			return new CandidateReport(CandidateOutcome.INVALID,
					"The candidate did not end within %d ms".formatted(timeout.toMillis()), duration(), null,
					CandidateFindings.in(output));
		}

		private Duration duration() {
			return Duration.ofNanos(System.nanoTime() - this.begun);
		}

	}

}
