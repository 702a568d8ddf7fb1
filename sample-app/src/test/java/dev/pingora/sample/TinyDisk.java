package dev.pingora.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file system of 64 kB in memory, which root may mount for the time of a test.
 */
final class TinyDisk implements AutoCloseable {

	private final Path place;

	private TinyDisk(Path place) {
		this.place = place;
	}

	static TinyDisk mount(Path place) throws IOException {
		Files.createDirectories(place);
		run("mount", "-t", "tmpfs", "-o", "size=64k,nr_inodes=32,mode=700", "tmpfs", place.toString());
		return new TinyDisk(place);
	}

	/**
	 * Fill it, so that nothing can be created any more.
	 */
	List<Path> fill() throws IOException {
		List<Path> files = new ArrayList<>();
		try {
			while (files.size() < 1000) {
				files.add(Files.createFile(this.place.resolve("full-" + files.size())));
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("No space left");
		}
		return files;
	}

	void makeWritable(boolean writable) {
		run("mount", "-o", writable ? "remount,rw" : "remount,ro", this.place.toString());
	}

	private static void run(String... command) {
		try {
			assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(List.of(command).toString())
				.isZero();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		run("umount", "-l", this.place.toString());
	}

}
