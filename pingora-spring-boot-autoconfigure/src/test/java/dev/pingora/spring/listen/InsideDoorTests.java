package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link InsideDoor}.
 */
class InsideDoorTests {

	@Test
	void bothEndsMeetAndTheClientIsLocalhost() throws IOException {
		CompletableFuture<SocketChannel> letIn = new CompletableFuture<>();
		try (Socket near = InsideDoor.connect(letIn::complete); SocketChannel far = letIn.join()) {
			far.write(ByteBuffer.wrap(new byte[] { 42 }));
			assertThat(near.getInputStream().read()).isEqualTo(42);
			InetSocketAddress client = (InetSocketAddress) far.getRemoteAddress();
			assertThat(client).isEqualTo(near.getLocalSocketAddress());
			assertThat(client.getAddress().getHostAddress()).isEqualTo("127.0.0.1");
		}
	}

	@Test
	void doorIsClosedWhenTheyHaveMet() throws IOException {
		CompletableFuture<SocketChannel> letIn = new CompletableFuture<>();
		InsideDoor.connect(letIn::complete).close();
		try (SocketChannel far = letIn.join(); Socket late = new Socket()) {
			assertThatIOException().isThrownBy(() -> late.connect(far.getLocalAddress()));
		}
	}

	@Test
	void theyMeetAtOneOfManyAddresses() {
		assertThat(Stream.generate(InsideDoor::meetingPoint).limit(10).map(InetSocketAddress::getAddress).distinct())
			.hasSizeGreaterThan(5)
			.allMatch(InetAddress::isLoopbackAddress);
	}

}
