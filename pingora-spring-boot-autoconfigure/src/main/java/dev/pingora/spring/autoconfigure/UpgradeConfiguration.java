package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;

import dev.pingora.spring.server.BackgroundTimeouts;
import dev.pingora.spring.server.ServerSettings;
import dev.pingora.spring.upgrade.UpgradeSocket;
import dev.pingora.spring.upgrade.UpgradeTimeouts;

import org.springframework.core.env.Environment;

/**
 * What the configuration says of upgrades, in the words of the server.
 */
final class UpgradeConfiguration {

	private static final String DEFAULT_NAME = "application";

	private UpgradeConfiguration() {
	}

	static ServerSettings settings(PingoraProperties properties, Environment environment) {
		return new ServerSettings(socket(properties, environment), timeouts(properties),
				properties.upgrade().compatibility(), properties.upgrade().drainTimeout(),
				properties.upgrade().drainSpread(), properties.upgrade().maxDraining(),
				properties.shutdown().gracePeriod(), properties.shutdown().preDrainDelay(),
				properties.drain().streamTimeout(), properties.metrics().carryOver(),
				new BackgroundTimeouts(properties.background().readyTimeout(), properties.background().stopTimeout()),
				properties.upgrade().warmUp().settings(properties.upgrade().readyTimeout()));
	}

	static UpgradeSocket socket(PingoraProperties properties, Environment environment) {
		Path path = properties.upgrade().sock();
		UpgradeSocket socket = (path != null) ? new UpgradeSocket(path.toAbsolutePath(), false)
				: UpgradeSocket.ofApplication(environment.getProperty("spring.application.name", DEFAULT_NAME));
		return ProcessIdentity.of(environment).map((identity) -> socket.ownedBy(identity.uid())).orElse(socket);
	}

	static UpgradeTimeouts timeouts(PingoraProperties properties) {
		PingoraProperties.Upgrade upgrade = properties.upgrade();
		return new UpgradeTimeouts(upgrade.receiveTimeout(), upgrade.connectTimeout(), upgrade.readyTimeout(),
				upgrade.answerTimeout());
	}

}
