package dev.pingora.spring.warmup;

import java.time.Duration;
import java.util.List;

/**
 * How a server warms up.
 *
 * @param enabled whether it does, and notes what its successor may do it with
 * @param timeout how long it may take
 * @param coldStart whether a server that has no predecessor warms up too
 * @param requests what is sent; where there is none, what the predecessor has seen
 * @param queryStrings whether the predecessor's requests come with their query strings
 */
public record WarmUpSettings(boolean enabled, Duration timeout, boolean coldStart, List<WarmUpRequest> requests,
		boolean queryStrings) {

	/**
	 * No warm-up.
	 */
	public static final WarmUpSettings NONE = new WarmUpSettings(false, Duration.ZERO, false, List.of(), false);

}
