package dev.pingora.spring.process;

/**
 * The threads of this JVM that watch others.
 */
final class Watchers {

	private Watchers() {
	}

	/**
	 * Return how many threads have a name.
	 */
	static long named(String name) {
		return Thread.getAllStackTraces().keySet().stream().filter((thread) -> name.equals(thread.getName())).count();
	}

}
