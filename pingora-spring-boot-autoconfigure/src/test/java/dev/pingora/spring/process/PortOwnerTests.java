package dev.pingora.spring.process;

import java.io.IOException;
import java.net.ServerSocket;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PortOwner}.
 */
class PortOwnerTests {

	@Test
	void processThatListensIsFound() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			assertThat(PortOwner.of(socket.getLocalPort())).get()
				.asString()
				.contains("process " + ProcessHandle.current().pid() + " (")
				.contains("java");
		}
	}

	@Test
	void portThatIsFreeHasNoOwner() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		assertThat(PortOwner.of(port)).isEmpty();
	}

}
