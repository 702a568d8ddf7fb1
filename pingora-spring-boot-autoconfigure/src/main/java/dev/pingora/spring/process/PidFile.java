package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that names the process that serves. A successor replaces what is in it, and a
 * predecessor leaves it alone from then on.
 */
public final class PidFile {

	private static final Logger logger = LoggerFactory.getLogger(PidFile.class);

	private final Path path;

	private final String pid = Long.toString(ProcessHandle.current().pid());

	/**
	 * Create the file's description; nothing is written yet.
	 * @param path where the file is
	 */
	public PidFile(Path path) {
		this.path = path.toAbsolutePath();
	}

	/**
	 * Check, without changing anything, that the file could be written.
	 * @throws IOException if it could not
	 */
	public void check() throws IOException {
		Path directory = this.path.getParent();
		if (directory == null || !Files.isDirectory(directory)) {
			throw new IOException("the directory '%s' does not exist".formatted(directory));
		}
		if (!Files.isWritable(directory)) {
			throw new IOException("the directory '%s' cannot be written to".formatted(directory));
		}
		if (Files.exists(this.path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(this.path)) {
			throw new IOException("the path exists and is not a file");
		}
	}

	/**
	 * Name this process, in one step: whoever reads the file finds a whole pid, the old
	 * one or the new one.
	 */
	public void write() {
		Path temporary = this.path.resolveSibling("." + this.path.getFileName() + "." + this.pid);
		try {
			Files.deleteIfExists(temporary);
			Files.writeString(temporary, this.pid + "\n", StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
			Files.move(temporary, this.path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			logger.error("Cannot write 'pingora.pid-file' ('{}'): {}", this.path, ex.getMessage());
		}
	}

	/**
	 * Remove the file if it still names this process.
	 */
	public void remove() {
		try {
			if (Files.exists(this.path) && Files.readString(this.path).strip().equals(this.pid)) {
				Files.delete(this.path);
			}
		}
		catch (IOException ex) {
			logger.warn("Cannot remove 'pingora.pid-file' ('{}'): {}", this.path, ex.getMessage());
		}
	}

}
