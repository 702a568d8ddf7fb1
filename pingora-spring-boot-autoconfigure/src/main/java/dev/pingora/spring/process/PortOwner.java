package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The process that listens on a TCP port, as far as {@code /proc} shows it to this user.
 */
public final class PortOwner {

	private static final Path PROC = Path.of("/proc");

	// Fields of /proc/net/tcp, proc(5).
	private static final int LOCAL_ADDRESS = 1;

	private static final int STATE = 3;

	private static final int INODE = 9;

	private static final String LISTEN = "0A";

	private PortOwner() {
	}

	/**
	 * Find the process that listens on a port.
	 * @param port the TCP port
	 * @return its pid and command, or empty where that cannot be seen
	 */
	public static Optional<String> of(int port) {
		Set<String> sockets = Stream.of("net/tcp", "net/tcp6")
			.flatMap((table) -> lines(PROC.resolve(table)).stream())
			.map((line) -> line.strip().split("\\s+"))
			.filter((fields) -> fields.length > INODE && fields[STATE].equals(LISTEN)
					&& fields[LOCAL_ADDRESS].endsWith(":%04X".formatted(port)))
			.map((fields) -> "socket:[" + fields[INODE] + "]")
			.collect(Collectors.toSet());
		return sockets.isEmpty() ? Optional.empty()
				: ProcessHandle.allProcesses()
					.filter((process) -> has(process, sockets))
					.findFirst()
					.map(PortOwner::name);
	}

	private static boolean has(ProcessHandle process, Set<String> sockets) {
		Path descriptors = PROC.resolve(Long.toString(process.pid())).resolve("fd");
		try (Stream<Path> links = Files.list(descriptors)) {
			return links.anyMatch((link) -> sockets.contains(target(link)));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	private static List<String> lines(Path path) {
		try {
			return Files.readAllLines(path);
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	private static String name(ProcessHandle process) {
		return "process %d (%s)".formatted(process.pid(), process.info().command().orElse("unknown command"));
	}

}
