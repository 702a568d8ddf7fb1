package dev.pingora.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;

/**
 * The greatest constant rate that a server keeps up with. Clients that send as soon as
 * they have an answer get more out of it, because a server that always has work is woken
 * less, but they say nothing of requests that come when they come.
 */
final class Capacity {

	/**
	 * How long the slowest of a hundred requests may take, if the server keeps up.
	 */
	private static final long KEEPS_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final int SECONDS = 5;

	private static final int STEPS = 20;

	private Capacity() {
	}

	/**
	 * Find it, in steps of a twentieth of what clients get that send without a pause.
	 * @param port the port of a server that is warm
	 */
	static int of(int port) throws InterruptedException {
		int most = Load.asMuchAsPossible(port).lasting(SECONDS).finish().stream().mapToInt(Samples::count).sum()
				/ SECONDS;
		for (int step = STEPS; step > 0; step--) {
			int rate = most * step / STEPS;
			if (keepsUp(Load.atRate(port, rate).lasting(SECONDS).finish())) {
				System.out.printf("It keeps up with %d requests in a second, and answers %d without a pause%n", rate,
						most);
				return rate;
			}
		}
		throw new IllegalStateException(
				"The server does not even keep up with %d requests in a second".formatted(most / STEPS));
	}

	private static boolean keepsUp(List<Samples> samples) {
		Histogram histogram = new Histogram(3);
		boolean[] failed = new boolean[1];
		samples.forEach((own) -> own.forEach((due, nanos, pid) -> {
			histogram.recordValue(nanos);
			failed[0] |= pid == Samples.FAILED;
		}));
		return !failed[0] && histogram.getValueAtPercentile(99) <= KEEPS_UP_NANOS;
	}

}
