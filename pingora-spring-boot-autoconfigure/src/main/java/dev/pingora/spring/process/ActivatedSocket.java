package dev.pingora.spring.process;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import com.sun.jna.LastErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that systemd opened for this process before it started
 * ({@code sd_listen_fds(3)}).
 *
 * @param name the name that its unit gives it, or an empty text
 * @param descriptor the descriptor in this process
 */
public record ActivatedSocket(String name, int descriptor) {

	private static final Logger logger = LoggerFactory.getLogger(ActivatedSocket.class);

	/** The first descriptor, {@code SD_LISTEN_FDS_START}. */
	private static final int FIRST = 3;

	/**
	 * Return the sockets that an environment tells of. They do not block from now on, and
	 * no program that this process runs gets them.
	 * @param environment the variables of this process
	 * @return the sockets, none where they are meant for another process
	 */
	public static List<ActivatedSocket> of(Map<String, String> environment) {
		String count = environment.getOrDefault("LISTEN_FDS", "");
		String pid = environment.getOrDefault("LISTEN_PID", "");
		if (!count.matches("[1-9]\\d{0,4}")) {
			return List.of();
		}
		if (!pid.equals(Long.toString(ProcessHandle.current().pid()))) {
			logger.info("The sockets in LISTEN_FDS are for process '{}' and not for this one", pid);
			return List.of();
		}
		String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":");
		return IntStream.range(0, Integer.parseInt(count))
			.mapToObj((i) -> new ActivatedSocket((i < names.length) ? names[i] : "", FIRST + i))
			.filter(ActivatedSocket::prepare)
			.toList();
	}

	private boolean prepare() {
		try {
			LibC libc = LibC.load();
			int flags = libc.fcntl(this.descriptor, LibC.F_GETFL, 0);
			libc.fcntl(this.descriptor, LibC.F_SETFL, flags | LibC.O_NONBLOCK);
			libc.fcntl(this.descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC);
			return true;
		}
		catch (LastErrorException ex) {
			logger.warn("Descriptor {} of LISTEN_FDS cannot be used: {}", this.descriptor, ex.getMessage());
			return false;
		}
	}

}
