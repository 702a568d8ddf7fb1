package dev.pingora.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What one contender made of some upgrades, one after the other.
 *
 * @param title what it is
 * @param version which version it has
 * @param runs the upgrades
 */
record Result(String title, String version, List<Run> runs) {

	long failed() {
		return this.runs.stream().mapToLong(Run::failed).sum();
	}

	/**
	 * Return the median over the upgrades; of an even number, the greater of the two.
	 */
	double median(ToDoubleFunction<Run> figure) {
		return sorted(figure).skip(this.runs.size() / 2).findFirst().orElse(Double.NaN);
	}

	double least(ToDoubleFunction<Run> figure) {
		return sorted(figure).findFirst().orElse(Double.NaN);
	}

	double greatest(ToDoubleFunction<Run> figure) {
		return sorted(figure).max().orElse(Double.NaN);
	}

	private DoubleStream sorted(ToDoubleFunction<Run> figure) {
		return this.runs.stream().mapToDouble(figure).sorted();
	}

}
