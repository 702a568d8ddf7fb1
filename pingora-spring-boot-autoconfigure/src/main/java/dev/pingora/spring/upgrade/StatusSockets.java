package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@linkplain StatusSocket status sockets} of all processes that have the same
 * upgrade socket.
 */
public final class StatusSockets {

	private static final Logger logger = LoggerFactory.getLogger(StatusSockets.class);

	private static final int ANSWER_MILLIS = 1000;

	private static final int MAX_LINE = 4096;

	private StatusSockets() {
	}

	/**
	 * Ask every process for its status.
	 * @param beside the upgrade socket that they share
	 * @return the lines of those that answer within a second
	 */
	public static List<String> ask(UpgradeSocket beside) {
		return ask(beside, Integer.MAX_VALUE);
	}

	/**
	 * Ask every process of an older generation for its status.
	 * @param beside the upgrade socket that they share
	 * @param generation the generation that is not asked any more
	 * @return the lines of those that answer within a second
	 */
	public static List<String> ask(UpgradeSocket beside, int generation) {
		List<String> lines = new ArrayList<>();
		Pattern name = Pattern
			.compile(Pattern.quote(beside.path().getFileName().toString()) + "\\.(\\d{1,18})-(\\d{1,9})");
		try (Stream<Path> siblings = Files.list(beside.directory())) {
			for (Path sibling : siblings.sorted().toList()) {
				Matcher matcher = name.matcher(sibling.getFileName().toString());
				if (matcher.matches() && Integer.parseInt(matcher.group(2)) < generation) {
					ask(beside, sibling, Long.parseLong(matcher.group(1)), lines);
				}
			}
		}
		catch (IOException ex) {
			logger.debug("The processes beside '{}' cannot be listed", beside.path(), ex);
		}
		return lines;
	}

	private static void ask(UpgradeSocket beside, Path path, long pid, List<String> lines) {
		try (AFUNIXSocket socket = AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(path))) {
			socket.setSoTimeout(ANSWER_MILLIS);
			long uid = socket.getPeerCredentials().getUid();
			if (beside.isTrusted(uid)) {
				lines.add(new String(socket.getInputStream().readNBytes(MAX_LINE), StandardCharsets.UTF_8).strip());
			}
			else {
				logger.warn("The user {} answers on '{}', which is ignored", uid, path);
			}
		}
		catch (SocketTimeoutException ex) {
			logger.warn("The process {} does not answer on '{}'", pid, path);
		}
		catch (IOException ex) {
			removeStale(path, pid);
		}
	}

	/**
	 * Tell a process what to do.
	 * @param beside the upgrade socket that it has
	 * @param pid its process id
	 * @param generation its generation
	 * @param order a line
	 * @return whether it was sent to a process of a trusted user
	 */
	public static boolean tell(UpgradeSocket beside, long pid, int generation, String order) {
		Path path = StatusSocket.path(beside, pid, generation);
		try (AFUNIXSocket socket = AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(path))) {
			socket.setSoTimeout(ANSWER_MILLIS);
			if (!beside.isTrusted(socket.getPeerCredentials().getUid())) {
				return false;
			}
			socket.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
			return socket.getInputStream().readNBytes(MAX_LINE).length > 0;
		}
		catch (IOException ex) {
			logger.warn("The process {} cannot be told anything on '{}': {}", pid, path, ex.getMessage());
			return false;
		}
	}

	/**
	 * Remove what a killed process has left behind.
	 */
	private static void removeStale(Path path, long pid) {
		try {
			if (!Files.exists(Path.of("/proc", Long.toString(pid)))) {
				Files.deleteIfExists(path);
			}
		}
		catch (IOException ex) {
			logger.debug("'{}' cannot be removed", path, ex);
		}
	}

}
