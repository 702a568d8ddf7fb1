package dev.pingora.spring.autoconfigure;

import dev.pingora.spring.upgrade.UpgradeSocket;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/**
 * Checks that a successor of this configuration could listen for its predecessor.
 */
final class UpgradeCheck {

	private final Findings findings;

	UpgradeCheck(Findings findings) {
		this.findings = findings;
	}

	/**
	 * Check the upgrade socket.
	 * @throws dev.pingora.spring.upgrade.UpgradeException if it cannot be listened on
	 */
	void run(ListableBeanFactory beans, Environment environment) {
		UpgradeSocket socket = UpgradeConfiguration.socket(beans.getBean(PingoraProperties.class), environment);
		socket.check();
		this.findings.found("upgrade socket", "%s can be listened on".formatted(socket.path()));
	}

}
