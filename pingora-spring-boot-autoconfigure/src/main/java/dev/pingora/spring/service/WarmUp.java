package dev.pingora.spring.service;

/**
 * What an application does before its first request, so that this one does not have to
 * wait for it: it fills caches and opens the connections of pools. It is done in a
 * successor while the predecessor serves.
 */
@FunctionalInterface
public interface WarmUp {

	/**
	 * Warm up. The call comes on a thread of its own, before any request, and is
	 * interrupted at the end of {@code pingora.upgrade.warm-up.timeout}.
	 * @throws Exception if that fails, which is logged and changes nothing else
	 */
	void warmUp() throws Exception;

}
