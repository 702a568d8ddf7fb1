package dev.pingora.spring.upgrade;

import java.time.Duration;

/**
 * What works in the background of a process, and in one process of a server alone.
 */
public interface BackgroundWork {

	/**
	 * No work at all.
	 */
	BackgroundWork NONE = new BackgroundWork() {

		@Override
		public void stop() {
		}

		@Override
		public void start() {
		}

		@Override
		public Duration stopTime() {
			return Duration.ZERO;
		}

	};

	/**
	 * Stop, and wait for the end.
	 * @throws UpgradeException if it does not end in time
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	void stop() throws InterruptedException;

	/**
	 * Work again.
	 */
	void start();

	/**
	 * Return how long {@link #stop()} may take.
	 * @return the longest time
	 */
	Duration stopTime();

}
