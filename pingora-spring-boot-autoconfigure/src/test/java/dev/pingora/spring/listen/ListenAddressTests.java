package dev.pingora.spring.listen;

import java.net.InetAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ListenAddress}.
 */
class ListenAddressTests {

	@ParameterizedTest
	@CsvSource({ "0.0.0.0:6188,0.0.0.0:6188", "[::]:6189,[::]:6189", "[::1]:80,[::1]:80", "127.0.0.1:0,127.0.0.1:0",
			"localhost:8080,127.0.0.1:8080", "unix:/run/app.sock,/run/app.sock", "/run/app.sock,/run/app.sock",
			"unix:/run/../run/app.sock,/run/app.sock" })
	void textIsTheOneThatPingoraSends(String text, String expected) {
		assertThat(ListenAddress.parse(text)).hasToString(expected);
	}

	@ParameterizedTest
	@CsvSource({ "6188,no port", ":6188,no port", "0.0.0.0:,not a number", "0.0.0.0:http,not a number",
			"0.0.0.0:65536,not a number", "0.0.0.0:-1,not a number", "::1:80,square brackets",
			"no.such.host.invalid:80,unknown", "unix:run/app.sock,not absolute", "'',no port" })
	void whatIsNoAddressIsRefusedWithTheReason(String text, String reason) {
		assertThatExceptionOfType(InvalidListenAddressException.class).isThrownBy(() -> ListenAddress.parse(text))
			.withMessageContaining(reason)
			.satisfies((ex) -> assertThat(ex.remedy()).endsWith("."));
	}

	@Test
	void pathOfAUnixSocketMayHaveThe107BytesOfTheKernel() {
		String longest = "/" + "x".repeat(106);
		assertThat(ListenAddress.parse("unix:" + longest)).hasToString(longest);
		assertThatExceptionOfType(InvalidListenAddressException.class)
			.isThrownBy(() -> ListenAddress.parse("unix:" + longest + "x"))
			.withMessageContaining("108 bytes");
	}

	@Test
	void pathWithWhiteSpaceIsRefusedBecauseTheWireFormatSeparatesByIt() {
		assertThatExceptionOfType(InvalidListenAddressException.class)
			.isThrownBy(() -> ListenAddress.parse("unix:/run/my app.sock"))
			.withMessageContaining("white space");
	}

	@Test
	void addressOfASocketEqualsTheConfiguredOne() throws Exception {
		TcpAddress address = new TcpAddress(InetAddress.getByName("0.0.0.0"), 6188);
		assertThat(ListenAddress.of(address.toSocketAddress())).isEqualTo(ListenAddress.parse("0.0.0.0:6188"));
	}

}
