package dev.pingora.spring.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiPredicate;

import com.sun.jna.LastErrorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

class PrecedenceTests {

	private static final int NOT_PERMITTED = 1;

	private static final LibC LIBC = LibC.load();

	private final int usual = nice(0);

	private final CountDownLatch end = new CountDownLatch(1);

	/**
	 * One that may always raise: what is lowered here is taken back by nobody else.
	 */
	private Precedence precedence = Precedence.of(LIBC, 5, false).orElse(null);

	@AfterEach
	void raise() {
		this.end.countDown();
		if (this.precedence != null) {
			this.precedence.raise();
		}
		assertThat(nice(0)).isEqualTo(this.usual);
		assertThat(policy(0)).isEqualTo(LibC.SCHED_OTHER);
	}

	@Test
	void threadsAreLoweredAndRaised() {
		assumeThat(this.precedence).isNotNull();
		int thread = startThread();
		this.precedence.lower();
		assertThat(this.precedence).hasToString("nice " + (this.usual + 5) + ", SCHED_IDLE");
		assertThat(nice(thread)).isEqualTo(nice(0)).isEqualTo(this.usual + 5);
		this.precedence.raise();
		assertThat(nice(thread)).isEqualTo(nice(0)).isEqualTo(this.usual);
	}

	@Test
	void processForWhichNobodyWaitsRunsOnlyWhereProcessorsAreIdle() {
		assumeThat(this.precedence).isNotNull();
		int before = startThread();
		this.precedence.lower();
		int after = startThread();
		assertThat(policy(before)).isEqualTo(policy(after)).isEqualTo(policy(0)).isEqualTo(LibC.SCHED_IDLE);
		this.precedence.raiseOthersButCompilers();
		assertThat(policy(before)).isEqualTo(policy(after)).isEqualTo(LibC.SCHED_OTHER);
		assertThat(policy(0)).isEqualTo(policy(compiler())).isEqualTo(LibC.SCHED_IDLE);
		this.precedence.raiseAllButCompilers();
		assertThat(policy(0)).isEqualTo(LibC.SCHED_OTHER);
		assertThat(policy(compiler())).isEqualTo(LibC.SCHED_IDLE);
		this.precedence.raise();
		assertThat(policy(compiler())).isEqualTo(LibC.SCHED_OTHER);
	}

	@Test
	void processThatIsStarvedRunsAmongOthersAgain() {
		assumeThat(this.precedence).isNotNull();
		assertThat(this.precedence.leaveIdle()).as("it never was").isFalse();
		this.precedence.lower();
		assertThat(this.precedence.leaveIdle()).isTrue();
		assertThat(policy(0)).isEqualTo(policy(compiler())).isEqualTo(LibC.SCHED_OTHER);
		assertThat(nice(0)).isEqualTo(nice(compiler())).isEqualTo(this.usual + 5);
		assertThat(this.precedence.leaveIdle()).isFalse();
	}

	@Test
	void threadsOfProcessThatServesAreLoweredByTheirNiceValueAlone() {
		assumeThat(this.precedence).isNotNull();
		this.precedence.lowerCompilers();
		this.precedence.lowerCaller();
		assertThat(policy(0)).isEqualTo(policy(compiler())).isEqualTo(LibC.SCHED_OTHER);
	}

	@Test
	void niceValueIsLoweredWhereTheLibraryDoesNotKnowPolicies() {
		assumeThat(this.precedence).isNotNull();
		LibC musl = libc(20, (function, arguments) -> function.startsWith("sched_"));
		this.precedence = Precedence.of(musl, 5, false).orElseThrow();
		assertThat(this.precedence).hasToString("nice " + (this.usual + 5));
		this.precedence.lower();
		assertThat(nice(0)).isEqualTo(this.usual + 5);
		assertThat(policy(0)).isEqualTo(LibC.SCHED_OTHER);
	}

	@Test
	void threadsThatStartMeanwhileAreRaisedToo() {
		assumeThat(this.precedence).isNotNull();
		this.precedence.lower();
		int thread = startThread();
		assertThat(nice(thread)).isEqualTo(this.usual + 5);
		this.precedence.raise();
		assertThat(nice(thread)).isEqualTo(this.usual);
	}

	@Test
	void onlyCompilersAreLowered() {
		assumeThat(this.precedence).isNotNull();
		this.precedence.lowerCompilers();
		assertThat(nice(0)).isEqualTo(this.usual);
		assertThat(nice(compiler())).isEqualTo(this.usual + 5);
	}

	@Test
	void compilersStayLowWhenOthersAreRaised() {
		assumeThat(this.precedence).isNotNull();
		this.precedence.lower();
		this.precedence.raiseAllButCompilers();
		assertThat(nice(0)).isEqualTo(this.usual);
		assertThat(nice(compiler())).isEqualTo(this.usual + 5);
	}

	@Test
	void callerStaysLowWhenOthersAreRaised() {
		assumeThat(this.precedence).isNotNull();
		int thread = startThread();
		this.precedence.lower();
		this.precedence.raiseOthersButCompilers();
		assertThat(nice(thread)).isEqualTo(this.usual);
		assertThat(nice(0)).isEqualTo(nice(compiler())).isEqualTo(this.usual + 5);
		this.precedence.raiseAllButCompilers();
		assertThat(nice(0)).isEqualTo(this.usual);
		assertThat(nice(compiler())).isEqualTo(this.usual + 5);
	}

	@Test
	void callerIsLoweredWithThoseThatItStarts() {
		assumeThat(this.precedence).isNotNull();
		int before = startThread();
		this.precedence.lowerCaller();
		int after = startThread();
		assertThat(nice(before)).isEqualTo(this.usual);
		assertThat(nice(0)).isEqualTo(nice(after)).isEqualTo(this.usual + 5);
		this.precedence.raise();
		assertThat(nice(0)).isEqualTo(nice(after)).isEqualTo(this.usual);
	}

	@Test
	void threadWithNiceValueOfItsOwnIsLeftAlone() {
		assumeThat(this.precedence).isNotNull();
		int thread = startThread();
		LIBC.setpriority(LibC.PRIO_PROCESS, thread, this.usual + 3);
		this.precedence.lower();
		this.precedence.raise();
		assertThat(nice(thread)).isEqualTo(this.usual + 3);
	}

	@Test
	void nothingIsLoweredThatCouldNotBeRaised() {
		LibC unprivileged = libc(0, (function, arguments) -> "setpriority".equals(function)
				&& (int) arguments[2] < nice((int) arguments[1]));
		assertThat(Precedence.of(unprivileged, 5, false)).isEmpty();
		assertThat(nice(0)).isEqualTo(this.usual);
	}

	@Test
	void privilegesThatAreDroppedDoNotCount() {
		assertThat(Precedence.of(libc(0, (function, arguments) -> false), 5, true)).isEmpty();
	}

	@Test
	void limitCountsWithoutPrivileges() {
		assertThat(Precedence.of(libc(20L - this.usual, (function, arguments) -> false), 5, true)).isPresent();
		assertThat(Precedence.of(libc(19L - this.usual, (function, arguments) -> false), 5, true)).isEmpty();
		assertThat(Precedence.of(libc(-1, (function, arguments) -> false), 5, true)).as("no limit").isPresent();
	}

	@Test
	void limitIsRaisedToRiseWithoutPrivileges() {
		List<long[]> set = new ArrayList<>();
		Precedence
			.allow(libc(0, (function, arguments) -> "setrlimit".equals(function) && set.add((long[]) arguments[1])));
		assertThat(set).containsExactly(new long[] { 20 - this.usual, 20 - this.usual });
		Precedence
			.allow(libc(40, (function, arguments) -> "setrlimit".equals(function) && set.add((long[]) arguments[1])));
		assertThat(set).as("a limit that is high enough stays").hasSize(1);
	}

	@Test
	void systemThatDoesNotTellIsLeftAlone() {
		assertThat(Precedence.of(libc(0, (function, arguments) -> true), 5, false)).isEmpty();
	}

	private static int policy(int thread) {
		return LIBC.sched_getscheduler(thread);
	}

	private static int nice(int thread) {
		return LIBC.getpriority(LibC.PRIO_PROCESS, thread);
	}

	private int startThread() {
		CompletableFuture<Integer> id = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			id.complete(KernelThreads.caller());
			awaitEnd();
		});
		thread.setDaemon(true);
		thread.start();
		return id.join();
	}

	private void awaitEnd() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static int compiler() {
		return KernelThreads.all().stream().filter(KernelThreads::compiles).findFirst().orElseThrow();
	}

	/**
	 * Return a C library with a limit of nice values, which refuses some calls.
	 */
	private static LibC libc(long limit, BiPredicate<String, Object[]> refused) {
		return (LibC) Proxy.newProxyInstance(LibC.class.getClassLoader(), new Class<?>[] { LibC.class },
				(proxy, method, arguments) -> {
					if (refused.test(method.getName(), arguments)) {
						throw new LastErrorException(NOT_PERMITTED);
					}
					if ("getrlimit".equals(method.getName())) {
						((long[]) arguments[1])[0] = limit;
						return 0;
					}
					try {
						return method.invoke(LIBC, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

}
