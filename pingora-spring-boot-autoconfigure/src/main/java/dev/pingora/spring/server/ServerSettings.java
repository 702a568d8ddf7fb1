package dev.pingora.spring.server;

import java.time.Duration;

import dev.pingora.spring.upgrade.Compatibility;
import dev.pingora.spring.upgrade.UpgradeSocket;
import dev.pingora.spring.upgrade.UpgradeTimeouts;
import dev.pingora.spring.warmup.WarmUpSettings;

/**
 * How a server hands over and drains.
 *
 * @param upgradeSocket where the two processes of an upgrade meet
 * @param upgradeTimeouts how long the steps of an upgrade may take
 * @param compatibility what to make of a successor that does not greet
 * @param drainTimeout how long a drain after a hand-over may take
 * @param drainSpread over how much of that time the traffic goes over to the successor
 * @param maxDraining how many generations may drain at a time
 * @param gracePeriod how long a drain before an exit may take
 * @param preDrainDelay how long a server that is told to exit goes on accepting first
 * @param streamTimeout how long a response may go on, in a drain, that would never end by
 * itself
 * @param carryOver whether a successor goes on from the counts of its predecessor
 * @param background how long background services may take
 * @param warmUp how a successor warms up before it accepts
 */
public record ServerSettings(UpgradeSocket upgradeSocket, UpgradeTimeouts upgradeTimeouts, Compatibility compatibility,
		Duration drainTimeout, Duration drainSpread, int maxDraining, Duration gracePeriod, Duration preDrainDelay,
		Duration streamTimeout, boolean carryOver, BackgroundTimeouts background, WarmUpSettings warmUp) {

	/**
	 * Return how the traffic that comes in through some listeners goes over.
	 */
	Spread spread(Traffic traffic) {
		boolean longer = this.drainSpread.compareTo(this.drainTimeout) > 0;
		return traffic.isNone() ? Spread.AT_ONCE
				: Spread.over(longer ? this.drainTimeout : this.drainSpread, traffic.listenerCount());
	}

	/**
	 * Return how long background services may take in a process. A successor has to say
	 * that it serves before its predecessor waits in vain.
	 */
	BackgroundTimeouts background(boolean successor) {
		Duration limit = this.upgradeTimeouts.answer().multipliedBy(4).dividedBy(5);
		Duration ready = this.background.ready();
		return (successor && ready.compareTo(limit) > 0) ? new BackgroundTimeouts(limit, this.background.stop())
				: this.background;
	}

}
