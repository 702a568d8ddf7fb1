package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link PidFile}.
 */
class PidFileTests {

	private static final String PID = ProcessHandle.current().pid() + "\n";

	@TempDir
	private Path directory;

	@Test
	void namesThisProcessUntilItIsRemoved() throws IOException {
		PidFile file = new PidFile(path());
		file.check();
		assertThat(path()).doesNotExist();
		file.write();
		assertThat(path()).hasContent(PID);
		assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
		file.remove();
		assertThat(this.directory).isEmptyDirectory();
		file.remove();
	}

	@Test
	void fileOfAnotherProcessIsReplacedButNeverRemoved() throws IOException {
		Files.writeString(path(), "1\n");
		new PidFile(path()).remove();
		assertThat(path()).hasContent("1");
		new PidFile(path()).write();
		assertThat(path()).hasContent(PID);
	}

	@Test
	void readersAlwaysFindAWholePid() throws Exception {
		Files.writeString(path(), "1\n");
		AtomicBoolean torn = new AtomicBoolean();
		Thread reader = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				torn.compareAndSet(false, !isWhole());
			}
		});
		reader.start();
		for (int i = 0; i < 500; i++) {
			new PidFile(path()).write();
		}
		reader.interrupt();
		reader.join();
		assertThat(torn).isFalse();
	}

	private boolean isWhole() {
		try {
			String text = Files.readString(path());
			return text.equals(PID) || text.equals("1\n");
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void linkIsReplacedAndNotFollowed() throws IOException {
		Path precious = Files.writeString(this.directory.resolve("precious"), "content");
		Files.createSymbolicLink(path(), precious);
		new PidFile(path()).write();
		assertThat(precious).hasContent("content");
		assertThat(path()).hasContent(PID);
	}

	@Test
	void placeThatCannotBeWrittenIsRefused() throws IOException {
		assertThatIOException().isThrownBy(() -> new PidFile(path().resolve("none/app.pid")).check())
			.withMessageContaining("does not exist");
		Files.createDirectory(path());
		assertThatIOException().isThrownBy(() -> new PidFile(path()).check()).withMessageContaining("is not a file");
	}

	private Path path() {
		return this.directory.resolve("app.pid");
	}

}
