package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.LinuxSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TcpOptions}, as the kernel has them.
 */
class TcpOptionsTests {

	private static final TcpOptions OPTIONS = new TcpOptions(true, true, 16,
			new TcpOptions.KeepAlive(Duration.ofSeconds(61), Duration.ofSeconds(7), 3), Duration.ofSeconds(9), 46,
			64 * 1024, 32 * 1024);

	@BeforeAll
	static void loadNativeCode() {
		Epoll.ensureAvailability();
	}

	@Test
	void freshSocketHasTheOptions() throws IOException {
		assertHasOptions("127.0.0.1:0", List.of());
	}

	@Test
	void inheritedSocketGetsTheOptions() throws IOException {
		int inherited = SocketOpener.open(ListenAddress.parse("127.0.0.1:0"), SocketOptions.DEFAULT);
		assertHasOptions("127.0.0.1:0", List.of(new InheritedSocket("127.0.0.1:0", inherited)));
	}

	private static void assertHasOptions(String address, List<InheritedSocket> inherited) throws IOException {
		SocketOptions options = new SocketOptions(10, SocketOptions.DEFAULT.unixPermissions(), OPTIONS);
		ListeningSocket claimed = new ListeningSockets(inherited).claim(ListenAddress.parse(address), options);
		LinuxSocket socket = LinuxSocket.newSocket(claimed.descriptor());
		try {
			assertThat(socket.isKeepAlive()).isTrue();
			assertThat(socket.getIntOpt(6, 4)).as("TCP_KEEPIDLE").isEqualTo(61);
			assertThat(socket.getIntOpt(6, 5)).as("TCP_KEEPINTVL").isEqualTo(7);
			assertThat(socket.getIntOpt(6, 6)).as("TCP_KEEPCNT").isEqualTo(3);
			assertThat(socket.getIntOpt(6, 18)).as("TCP_USER_TIMEOUT").isEqualTo(9000);
			assertThat(socket.getIntOpt(6, 23)).as("TCP_FASTOPEN").isEqualTo(16);
			assertThat(socket.getIntOpt(0, 1)).as("IP_TOS").isEqualTo(46 << 2);
			assertThat(backlog(socket)).isEqualTo(10);
			assertThat(socket.getReceiveBufferSize()).isEqualTo(2 * 64 * 1024);
			assertThat(socket.getSendBufferSize()).isEqualTo(2 * 32 * 1024);
		}
		finally {
			socket.close();
		}
	}

	@Test
	void socketOnIpv6TakesNoIpv4WhereItIsToldSo() throws IOException {
		SocketOptions options = new SocketOptions(10, SocketOptions.DEFAULT.unixPermissions(), OPTIONS);
		try (ServerSocket onIpv4 = new ServerSocket(0, 1, InetAddress.getAllByName("127.0.0.1")[0])) {
			int port = onIpv4.getLocalPort();
			ListeningSocket claimed = new ListeningSockets(List.of()).claim(ListenAddress.parse("[::]:" + port),
					options);
			try (Socket client = new Socket(InetAddress.getAllByName("::1")[0], port)) {
				assertThat(client.isConnected()).isTrue();
			}
			finally {
				Descriptors.close(claimed.descriptor());
			}
		}
	}

	@Test
	void severalSocketsListenOnOneAddressWhereTheyMay() throws IOException {
		SocketOptions options = new SocketOptions(10, SocketOptions.DEFAULT.unixPermissions(), OPTIONS);
		ListeningSocket first = new ListeningSockets(List.of()).claim(ListenAddress.parse("127.0.0.1:0"), options);
		ListeningSocket second = new ListeningSockets(List.of()).claim(first.address(), options);
		assertThat(second.address()).isEqualTo(first.address());
		Descriptors.close(first.descriptor());
		Descriptors.close(second.descriptor());
	}

	/**
	 * Return the backlog, which {@code ss -ltn} shows as Send-Q: of a socket that listens
	 * it is {@code tcpi_sacked} of TCP_INFO.
	 */
	private static int backlog(LinuxSocket socket) throws IOException {
		ByteBuffer info = ByteBuffer.allocateDirect(104).order(ByteOrder.nativeOrder());
		socket.getRawOpt(6, 11, info);
		return info.getInt(28);
	}

}
