package dev.pingora.spring.metrics;

import dev.pingora.spring.warmup.WarmUpMark;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the requests of the warm-up out of what is observed of requests: metrics and
 * traces.
 */
public final class WarmUpObservations implements ObservationPredicate {

	private final WarmUpMark mark;

	/**
	 * Create the predicate.
	 * @param mark what marks the requests of the warm-up
	 */
	public WarmUpObservations(WarmUpMark mark) {
		this.mark = mark;
	}

	@Override
	public boolean test(String name, Observation.Context context) {
		return !(context instanceof ReceiverContext<?> received && this.mark.isOn(header(received)));
	}

	private static <C> @Nullable String header(ReceiverContext<C> received) {
		C carrier = received.getCarrier();
		return (carrier != null) ? received.getGetter().get(carrier, WarmUpMark.HEADER) : null;
	}

}
