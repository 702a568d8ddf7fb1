package dev.pingora.spring.process;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever started this process and wants to hear how it is, in the protocol of systemd's
 * {@code sd_notify(3)}: datagrams of lines to the socket that the environment names.
 */
public final class Supervisor {

	private static final Logger logger = LoggerFactory.getLogger(Supervisor.class);

	private static final String ABSTRACT = "@";

	private final @Nullable String address;

	private final @Nullable Duration watchdog;

	private Supervisor(@Nullable String address, @Nullable Duration watchdog) {
		this.address = address;
		this.watchdog = watchdog;
	}

	/**
	 * Return the supervisor that an environment names.
	 * @param environment the variables of this process
	 * @return the supervisor, to whom nothing is said where there is none
	 */
	public static Supervisor of(Map<String, String> environment) {
		String address = environment.get("NOTIFY_SOCKET");
		boolean known = address != null && (address.startsWith("/") || address.startsWith(ABSTRACT));
		return new Supervisor(known ? address : null, known ? watchdog(environment) : null);
	}

	private static @Nullable Duration watchdog(Map<String, String> environment) {
		String pid = environment.getOrDefault("WATCHDOG_PID", "");
		String micros = environment.getOrDefault("WATCHDOG_USEC", "");
		boolean meant = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
		return (meant && micros.matches("[1-9]\\d{0,15}")) ? Duration.ofNanos(Long.parseLong(micros) * 1000) : null;
	}

	/**
	 * Return whether there is a supervisor.
	 * @return whether anybody hears of this process
	 */
	public boolean isPresent() {
		return this.address != null;
	}

	/**
	 * Return after which silence the supervisor takes this process for dead.
	 * @return the time, or empty if it does not watch
	 */
	public Optional<Duration> watchdog() {
		return Optional.ofNullable(this.watchdog);
	}

	/**
	 * Say something. A supervisor that does not hear it changes nothing for this process.
	 * @param assignments what is said, as in {@code READY=1}
	 */
	public void say(String... assignments) {
		if (this.address == null) {
			return;
		}
		byte[] message = String.join("\n", assignments).getBytes(StandardCharsets.UTF_8);
		try (AFUNIXDatagramSocket socket = AFUNIXDatagramSocket.newInstance()) {
			socket.connect(toSocketAddress(this.address));
			socket.send(new DatagramPacket(message, message.length));
		}
		catch (IOException ex) {
			logger.warn("The supervisor at '{}' does not hear '{}': {}", this.address, assignments[0], ex.getMessage());
		}
	}

	private static AFUNIXSocketAddress toSocketAddress(String address) throws IOException {
		return address.startsWith(ABSTRACT) ? AFUNIXSocketAddress.inAbstractNamespace(address.substring(1))
				: AFUNIXSocketAddress.of(Path.of(address));
	}

}
