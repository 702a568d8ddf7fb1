package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The threads of this JVM as the kernel shows them, those of the JVM itself included.
 *
 * @see <a href=
 * "https://man7.org/linux/man-pages/man5/proc_pid_task.5.html">proc_pid_task(5)</a>
 */
final class KernelThreads {

	private static final Path THREADS = Path.of("/proc/self/task");

	private static final Path CALLER = Path.of("/proc/thread-self");

	private KernelThreads() {
	}

	/**
	 * Return the ids of all threads, or none where the kernel does not say.
	 */
	static List<Integer> all() {
		try (Stream<Path> found = Files.list(THREADS)) {
			return found.map(KernelThreads::id).toList();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	/**
	 * Return the id of the calling thread, or one that no thread has where the kernel
	 * does not say.
	 */
	static int caller() {
		try {
			return id(Files.readSymbolicLink(CALLER));
		}
		catch (IOException ex) {
			return -1;
		}
	}

	/**
	 * Return where the kernel shows more of the calling thread.
	 * @throws IOException if it does not
	 */
	static Path directoryOfCaller() throws IOException {
		return CALLER.toRealPath();
	}

	private static int id(Path thread) {
		return Integer.parseInt(thread.getFileName().toString());
	}

	/**
	 * Return whether a thread compiles code of the application.
	 */
	static boolean compiles(int thread) {
		try {
			String name = Files.readString(THREADS.resolve(Integer.toString(thread)).resolve("comm"));
			return name.contains("CompilerThre") || name.startsWith("JVMCI");
		}
		catch (IOException ex) {
			return false;
		}
	}

}
