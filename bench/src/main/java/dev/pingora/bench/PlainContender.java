package dev.pingora.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The application without the starter, restarted with Boot's graceful shutdown.
 */
final class PlainContender extends JvmContender {

	PlainContender(Path directory) {
		super(directory, false);
	}

	@Override
	public String title() {
		return "plain Boot, graceful restart";
	}

	@Override
	List<String> settings() {
		return List.of();
	}

	@Override
	public void upgrade() throws IOException, InterruptedException {
		Process old = Objects.requireNonNull(latest(), "nothing was started");
		Programs.signal("TERM", old.pid());
		old.waitFor();
		run();
	}

}
