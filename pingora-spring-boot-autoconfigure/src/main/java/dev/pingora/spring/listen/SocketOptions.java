package dev.pingora.spring.listen;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import io.netty.util.NetUtil;

/**
 * How a listening socket is opened.
 *
 * @param backlog how many connections may wait to be accepted; the kernel lowers it to
 * {@code net.core.somaxconn}
 * @param unixPermissions the permissions of a Unix socket's path, where connecting needs
 * the right to write
 */
public record SocketOptions(int backlog, Set<PosixFilePermission> unixPermissions) {

	/**
	 * The options of Pingora: the kernel's largest backlog, and a Unix socket that
	 * everybody may connect to (mode 0666).
	 */
	public static final SocketOptions DEFAULT = new SocketOptions(NetUtil.SOMAXCONN,
			PosixFilePermissions.fromString("rw-rw-rw-"));

}
