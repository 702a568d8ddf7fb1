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
 * @param tcp the options of a TCP socket
 */
public record SocketOptions(int backlog, Set<PosixFilePermission> unixPermissions, TcpOptions tcp) {

	/**
	 * The options of Pingora: the kernel's largest backlog, and a Unix socket that
	 * everybody may connect to (mode 0666).
	 */
	public static final SocketOptions DEFAULT = new SocketOptions(NetUtil.SOMAXCONN,
			PosixFilePermissions.fromString("rw-rw-rw-"));

	/**
	 * Create options with the TCP options of the kernel.
	 * @param backlog how many connections may wait to be accepted
	 * @param unixPermissions the permissions of a Unix socket's path
	 */
	public SocketOptions(int backlog, Set<PosixFilePermission> unixPermissions) {
		this(backlog, unixPermissions, TcpOptions.DEFAULT);
	}

}
