package dev.pingora.spring.autoconfigure;

/**
 * Where a test of the configuration says what it has checked.
 */
@FunctionalInterface
interface Findings {

	/**
	 * Note something that is as it should be.
	 * @param what what was checked, in a word or two
	 * @param finding how it is
	 */
	void found(String what, String finding);

}
