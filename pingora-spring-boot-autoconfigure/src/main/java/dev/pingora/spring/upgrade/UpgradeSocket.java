package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * The Unix socket on which a successor listens and a predecessor connects. Only trusted
 * users may be at the other end.
 *
 * @param path where it is, an absolute path
 * @param privateDirectory whether its directory belongs to this user alone and is created
 * when it is missing
 * @param owner the user who serves, and whose processes therefore meet here
 */
public record UpgradeSocket(Path path, boolean privateDirectory, long owner) {

	private static final String OWNER_ONLY = "rwx------";

	private static final long ROOT = 0;

	private static final long RETRY_NANOS = 250_000_000;

	/**
	 * Create a socket of the user of this process.
	 * @param path where it is, an absolute path
	 * @param privateDirectory whether its directory belongs to this user alone
	 */
	public UpgradeSocket(Path path, boolean privateDirectory) {
		this(path, privateDirectory, ownUid());
	}

	/**
	 * Return the socket that an application has by default: below a private directory of
	 * the user, in the place for temporary files.
	 * @param application the name of the application
	 * @return the socket
	 */
	public static UpgradeSocket ofApplication(String application) {
		String name = application.replaceAll("[^A-Za-z0-9._-]", "_");
		return new UpgradeSocket(privateDirectory(ownUid()).resolve(name + ".sock"), true);
	}

	private static Path privateDirectory(long uid) {
		return Path.of(System.getProperty("java.io.tmpdir"), "pingora-" + uid);
	}

	/**
	 * Return this socket for a process that becomes another user before it serves.
	 * @param uid that user
	 * @return the socket that this user may connect to
	 */
	public UpgradeSocket ownedBy(long uid) {
		Path place = this.privateDirectory ? privateDirectory(uid).resolve(this.path.getFileName()) : this.path;
		return new UpgradeSocket(place, this.privateDirectory, uid);
	}

	/**
	 * Return the user of this process, as the kernel knows it.
	 */
	static long ownUid() {
		try {
			return Files.readAllLines(Path.of("/proc/self/status"))
				.stream()
				.filter((line) -> line.startsWith("Uid:"))
				.mapToLong((line) -> Long.parseLong(line.split("\\s+")[2]))
				.findFirst()
				.orElse(-1);
		}
		catch (IOException ex) {
			return -1;
		}
	}

	boolean isTrusted(long uid) {
		return uid == ROOT || uid == ownUid() || uid == this.owner;
	}

	/**
	 * Give a file to the owner, where that is not the user of this process. A link is not
	 * followed: the owner could have put it there.
	 * @return whether it was given away
	 */
	boolean giveToOwner(Path file) throws IOException {
		if (this.owner == ownUid()) {
			return false;
		}
		Files.setAttribute(file, "unix:uid", (int) this.owner, LinkOption.NOFOLLOW_LINKS);
		return true;
	}

	Path directory() {
		Path directory = this.path.toAbsolutePath().getParent();
		return (directory != null) ? directory : Path.of("/");
	}

	/**
	 * Make sure that the directory is there and, where it has to be private, that nobody
	 * else can write to it.
	 */
	void prepareDirectory() throws IOException {
		Path directory = directory();
		if (this.privateDirectory && !Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
			Files.createDirectory(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
			giveToOwner(directory);
		}
		if (!Files.isDirectory(directory)) {
			throw new UpgradeException(
					"The directory of 'pingora.upgrade.sock' does not exist: '%s'".formatted(directory));
		}
		if (this.privateDirectory) {
			checkPrivate(directory);
		}
	}

	/**
	 * Check, without changing anything, that a successor could listen here.
	 * @throws UpgradeException if it could not
	 */
	public void check() {
		try {
			Path directory = directory();
			if (!this.privateDirectory || Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
				prepareDirectory();
			}
			else {
				directory = Objects.requireNonNull(directory.getParent());
			}
			if (!Files.isWritable(directory)) {
				throw new UpgradeException("The directory '%s' of the upgrade socket cannot be written to; set '%s'"
					.formatted(directory, "pingora.upgrade.sock"));
			}
			UpgradeServer.refuseForeignFile(this.path);
		}
		catch (IOException ex) {
			throw new UpgradeException(
					"The upgrade socket '%s' cannot be checked: %s".formatted(this.path, ex.getMessage()), ex);
		}
	}

	private void checkPrivate(Path directory) throws IOException {
		Object uid = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
		Set<?> permissions = Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS);
		if (((Number) uid).longValue() != this.owner || Files.isSymbolicLink(directory)
				|| !permissions.equals(PosixFilePermissions.fromString(OWNER_ONLY))) {
			throw new UpgradeException("The directory '%s' is not private to this user; remove it, or set '%s'"
				.formatted(directory, "pingora.upgrade.sock"));
		}
	}

	/**
	 * Connect to a successor, as soon as there is one: the connection is tried for each
	 * change of the directory, of which the last is that of the permissions when the
	 * successor listens. A Pingora listens after that, without any event; so it is tried
	 * from time to time as well.
	 * @throws UpgradeException if none listens in time
	 */
	UpgradeConnection connect(Duration timeout) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		prepareDirectory();
		try (WatchService watcher = directory().getFileSystem().newWatchService()) {
			directory().register(watcher, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
			while (true) {
				AFUNIXSocket socket = tryConnect();
				if (socket != null) {
					return authenticated(new UpgradeConnection(socket));
				}
				long left = deadline - System.nanoTime();
				WatchKey key = watcher.poll(Math.max(0, Math.min(left, RETRY_NANOS)), TimeUnit.NANOSECONDS);
				if (key == null && left <= RETRY_NANOS) {
					throw new UpgradeException("No successor listens on '%s' after %d s; start it with '-u'"
						.formatted(this.path, timeout.toSeconds()));
				}
				if (key != null) {
					key.pollEvents();
					key.reset();
				}
			}
		}
	}

	private @Nullable AFUNIXSocket tryConnect() {
		if (!Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			return null;
		}
		try {
			return AFUNIXSocket.connectTo(AFUNIXSocketAddress.of(this.path));
		}
		catch (IOException ex) {
			return null;
		}
	}

	private UpgradeConnection authenticated(UpgradeConnection connection) throws IOException {
		long uid = connection.peerUid();
		if (!isTrusted(uid)) {
			connection.close();
			throw new UpgradeException(
					"The process that listens belongs to the user %d, who is not trusted".formatted(uid));
		}
		return connection;
	}

}
