package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user and a group that this process can become, for good.
 *
 * @param user the name of the user, or {@code null} to stay the same
 * @param uid the user
 * @param gid the group
 */
public record Identity(@Nullable String user, int uid, int gid) {

	private static final Logger logger = LoggerFactory.getLogger(Identity.class);

	private static final int ROOT = 0;

	/**
	 * Find a user and a group.
	 * @param user the name of the user, or {@code null} for that of this process
	 * @param group the name of the group, or {@code null} for the user's own
	 * @return the two
	 * @throws UnknownIdentityException if this machine does not know one of them
	 */
	public static Identity of(@Nullable String user, @Nullable String group) {
		LibC libc = LibC.load();
		Pointer entry = (user != null) ? libc.getpwnam(user) : libc.getpwuid(libc.geteuid());
		if (entry == null && user != null) {
			throw new UnknownIdentityException("user", user);
		}
		int uid = (entry != null) ? entry.getInt(LibC.PASSWD_UID) : libc.geteuid();
		int ownGid = (entry != null) ? entry.getInt(LibC.PASSWD_GID) : libc.getegid();
		return new Identity(user, uid, (group != null) ? gid(libc, group) : ownGid);
	}

	private static int gid(LibC libc, String group) {
		Pointer entry = libc.getgrnam(group);
		if (entry == null) {
			throw new UnknownIdentityException("group", group);
		}
		return entry.getInt(LibC.GROUP_GID);
	}

	/**
	 * Return whether this process has the identity already.
	 * @return whether there is nothing to do
	 */
	public boolean isOwn() {
		LibC libc = LibC.load();
		return libc.geteuid() == this.uid && libc.getegid() == this.gid;
	}

	/**
	 * Return whether this process may take the identity.
	 * @return whether it is root's or has the identity already
	 */
	public boolean isPossible() {
		return LibC.load().geteuid() == ROOT || isOwn();
	}

	/**
	 * Become this user and group in every thread, without a way back. The C library tells
	 * its threads (setuid(2)); the process stays visible to itself in {@code /proc}.
	 * @throws IllegalStateException if the process is not what it should be then
	 */
	public void assume() {
		if (isOwn()) {
			return;
		}
		LibC libc = LibC.load();
		try {
			if (this.user != null) {
				libc.initgroups(this.user, this.gid);
			}
			libc.setgid(this.gid);
			libc.setuid(this.uid);
			libc.prctl(LibC.PR_SET_DUMPABLE, 1, 0, 0, 0);
		}
		catch (LastErrorException ex) {
			throw new IllegalStateException("This process cannot become %s: %s".formatted(this, ex.getMessage()), ex);
		}
		checkNoReturn(libc);
		logger.info("Dropped to uid {}, gid {}", this.uid, this.gid);
	}

	private void checkNoReturn(LibC libc) {
		boolean returns = this.uid != ROOT && canBecomeRoot(libc);
		if (returns || libc.geteuid() != this.uid || libc.getegid() != this.gid) {
			throw new IllegalStateException("This process is not %s although it should be".formatted(this));
		}
	}

	private static boolean canBecomeRoot(LibC libc) {
		try {
			libc.setuid(ROOT);
			return true;
		}
		catch (LastErrorException ex) {
			return false;
		}
	}

	/**
	 * Give a file that is open already to this user, so that the process can open it anew
	 * later. A link is not followed.
	 * @param file the file
	 */
	public void own(Path file) {
		try {
			if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
				Files.setAttribute(file, "unix:uid", this.uid, LinkOption.NOFOLLOW_LINKS);
			}
		}
		catch (IOException ex) {
			logger.warn("'{}' cannot be given to uid {}: {}", file, this.uid, ex.getMessage());
		}
	}

}
