package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Whether an address could be listened on, found out without listening: a socket that is
 * only bound is seen by no client.
 */
public final class Vacancy {

	private static final Path SOCKETS = Path.of("/proc/net/unix");

	private static final int FLAGS = 3;

	private static final int PATH = 7;

	/** The kernel's {@code __SO_ACCEPTON}. */
	private static final String LISTENS = "00010000";

	private Vacancy() {
	}

	/**
	 * Return whether nobody holds an address.
	 * @param address the address
	 * @return whether it is free; otherwise some process listens on it
	 * @throws ListenException if this process may never listen there
	 */
	public static boolean of(ListenAddress address) {
		try {
			return (address instanceof UnixAddress unix) ? isFree(unix) : isFree((TcpAddress) address);
		}
		catch (IOException ex) {
			throw new ListenException(address, String.valueOf(ex.getMessage()), false, ex);
		}
	}

	private static boolean isFree(TcpAddress address) throws IOException {
		try (Socket socket = new Socket()) {
			socket.setReuseAddress(true);
			socket.bind(address.toSocketAddress());
			return true;
		}
		catch (BindException ex) {
			if (String.valueOf(ex.getMessage()).contains("in use")) {
				return false;
			}
			throw ex;
		}
	}

	private static boolean isFree(UnixAddress address) throws IOException {
		Path path = address.path();
		Path directory = path.toAbsolutePath().getParent();
		if (directory == null || !Files.isWritable(directory)) {
			throw new IOException("the directory '%s' does not exist or cannot be written to".formatted(directory));
		}
		if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			return true;
		}
		if (!SocketOpener.isSocket(path)) {
			throw new IOException("the path exists and is not a socket");
		}
		return !isServed(path);
	}

	/**
	 * Ask the kernel (proc(5), {@code /proc/net/unix}) instead of the server, which would
	 * see a connection.
	 */
	private static boolean isServed(Path path) throws IOException {
		try (Stream<String> sockets = Files.lines(SOCKETS)) {
			return sockets.map((line) -> line.split("\\s+"))
				.anyMatch((fields) -> fields.length > PATH && fields[FLAGS].equals(LISTENS)
						&& fields[PATH].equals(path.toString()));
		}
	}

}
