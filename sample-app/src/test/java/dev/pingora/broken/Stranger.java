package dev.pingora.broken;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A process that waits for a predecessor and is not one of ours: it says what its second
 * argument says, and ends when the other process does. It needs nothing but the JDK.
 */
public final class Stranger {

	private Stranger() {
	}

	public static void main(String[] arguments) throws IOException {
		Path path = Path.of(arguments[0]);
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(path));
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
			System.out.println("Waiting");
			try (SocketChannel peer = server.accept()) {
				peer.write(ByteBuffer.wrap((arguments[1] + "\n").getBytes(StandardCharsets.UTF_8)));
				ByteBuffer heard = ByteBuffer.allocate(1);
				while (peer.read(heard) >= 0) {
					System.out.print((char) heard.flip().get());
					heard.clear();
				}
			}
			catch (IOException ex) {
				System.out.println(ex.getMessage());
			}
		}
		finally {
			Files.deleteIfExists(path);
		}
	}

}
