package dev.pingora.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The application with the starter, upgraded by SIGQUIT.
 */
final class OursContender extends JvmContender {

	private final String title;

	private final List<String> settings = new ArrayList<>();

	private OursContender(String title, Path directory, List<String> settings) {
		super(directory, true);
		this.title = title;
		this.settings.add("--pingora.upgrade.sock=" + directory.resolve("upgrade.sock"));
		this.settings.addAll(settings);
	}

	/**
	 * Return the application as it is without configuration.
	 */
	static OursContender byDefault(Path directory, List<String> settings) {
		return new OursContender("ours, by default", directory, settings);
	}

	/**
	 * Return the application whose new JVM gets all the traffic at once and cold.
	 */
	static OursContender cold(Path directory) {
		return new OursContender("ours, without warm-up and spread", directory,
				List.of("--pingora.upgrade.warm-up.enabled=false", "--pingora.upgrade.drain-spread=0"));
	}

	@Override
	public String title() {
		return this.title;
	}

	@Override
	public boolean inherits() {
		return true;
	}

	@Override
	List<String> settings() {
		return this.settings;
	}

	@Override
	public void upgrade() throws IOException, InterruptedException {
		Process predecessor = Objects.requireNonNull(latest(), "nothing was started");
		run("-u");
		Programs.awaitLog(log(count() - 1), "Waiting for the predecessor");
		Programs.signal("QUIT", predecessor.pid());
	}

}
