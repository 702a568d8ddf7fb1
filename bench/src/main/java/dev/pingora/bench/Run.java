package dev.pingora.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.HdrHistogram.Histogram;

/**
 * What one upgrade made of a load.
 *
 * @param begun when the upgrade began
 * @param taken when a new process answered for the first time
 * @param requests every request, by the time at which it was due
 */
record Run(long begun, long taken, List<Request> requests) {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/**
	 * For how many seconds before the upgrade latencies are taken as those of an ordinary
	 * time.
	 */
	private static final int SECONDS_BEFORE = 10;

	static Run of(long begun, List<Samples> samples) {
		List<Request> requests = new ArrayList<>();
		samples.forEach((own) -> own.forEach((due, nanos, pid) -> requests.add(new Request(due, nanos, pid))));
		requests.sort(Comparator.comparingLong(Request::due));
		Set<Long> old = requests.stream()
			.filter((request) -> request.due() < begun)
			.map(Request::pid)
			.collect(Collectors.toSet());
		long taken = requests.stream()
			.filter((request) -> !request.failed() && !old.contains(request.pid()))
			.mapToLong(Request::due)
			.findFirst()
			.orElse(Long.MAX_VALUE);
		return new Run(begun, taken, List.copyOf(requests));
	}

	long failed() {
		return this.requests.stream().filter(Request::failed).count();
	}

	Histogram before() {
		return between(this.begun - SECONDS_BEFORE * SECOND, this.begun);
	}

	/**
	 * Return the worst second of that ordinary time, which tells how much one second says
	 * on this machine.
	 */
	Histogram worstSecondBefore() {
		return IntStream.rangeClosed(1, SECONDS_BEFORE)
			.mapToObj((second) -> between(this.begun - second * SECOND, this.begun - (second - 1) * SECOND))
			.max(Comparator.comparingLong((latency) -> latency.getValueAtPercentile(99)))
			.orElseThrow();
	}

	/**
	 * Return the time in which the new process starts and the old one still has all.
	 */
	Histogram starting() {
		return between(this.begun, this.taken);
	}

	Histogram firstSecond() {
		return between(this.taken, this.taken + SECOND);
	}

	Histogram firstTenSeconds() {
		return between(this.taken, this.taken + 10 * SECOND);
	}

	private Histogram between(long from, long to) {
		Histogram histogram = new Histogram(3);
		this.requests.stream()
			.filter((request) -> !request.failed() && request.due() >= from && request.due() < to)
			.forEach((request) -> histogram.recordValue(request.nanos()));
		return histogram;
	}

	/**
	 * One request.
	 *
	 * @param due when it was due
	 * @param nanos how long it took from then on
	 * @param pid who answered
	 */
	record Request(long due, long nanos, long pid) {

		boolean failed() {
			return this.pid == Samples.FAILED;
		}

	}

}
