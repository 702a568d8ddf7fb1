package dev.pingora.spring.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import dev.pingora.spring.listen.ListenException;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.BackgroundTimeouts;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.server.ServerSettings;
import dev.pingora.spring.upgrade.Compatibility;
import dev.pingora.spring.upgrade.Predecessor;
import dev.pingora.spring.upgrade.UpgradeException;
import dev.pingora.spring.upgrade.UpgradeSocket;
import dev.pingora.spring.upgrade.UpgradeTimeouts;
import dev.pingora.spring.warmup.WarmUpSettings;
import dev.pingora.spring.web.jetty.JettyWebServerCustomizer;
import dev.pingora.spring.web.netty.NettyWebServerCustomizer;
import dev.pingora.spring.web.tomcat.TomcatWebServerCustomizer;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11Nio2Protocol;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.http.server.reactive.HttpHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the customizers of web servers, where an application has customized its
 * server too.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebServerCustomizerTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	private static final UpgradeTimeouts TIMEOUTS = new UpgradeTimeouts(SECOND, SECOND, SECOND, SECOND);

	private static final HttpHandler HANDLER = (request, response) -> response.setComplete();

	@TempDir
	private Path directory;

	private final TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);

	@Test
	void serverIsAListenerOnThePortThatBootTells() {
		PingoraServer server = cold();
		customizeTomcat(server);
		WebServer running = this.tomcat.getWebServer();
		running.start();
		try {
			assertThat(server.listeners()).singleElement()
				.satisfies((listener) -> assertThat(((TcpAddress) listener.address()).port())
					.isEqualTo(running.getPort()));
		}
		finally {
			running.stop();
			server.stop();
		}
	}

	@Test
	void acceptingThreadOfTomcatEndsWithoutBeingWaitedFor(CapturedOutput output) {
		PingoraServer server = cold();
		customizeTomcat(server);
		WebServer running = this.tomcat.getWebServer();
		running.start();
		server.listeners().get(0).accept();
		running.stop();
		server.stop();
		assertThat(output).doesNotContain("did not stop cleanly").doesNotContain("Socket accept failed");
	}

	@Test
	void protocolOfTheApplicationIsLeftAlone(CapturedOutput output) {
		PingoraServer server = cold();
		this.tomcat.setProtocol(Http11Nio2Protocol.class.getName());
		customizeTomcat(server);
		WebServer running = this.tomcat.getWebServer();
		running.start();
		try {
			assertThat(running.getPort()).isPositive();
			assertThat(server.listeners()).isEmpty();
			assertThat(output).contains("Tomcat's protocol is 'org.apache.coyote.http11.Http11Nio2Protocol'")
				.contains("neither handed over nor drained");
		}
		finally {
			running.stop();
		}
	}

	@Test
	void protocolOfTheApplicationFailsTheStartOfASuccessor() {
		try (Predecessor predecessor = Predecessor.listen(socket(), TIMEOUTS)) {
			PingoraServer server = new PingoraServer(settings(), predecessor, (code) -> {
			});
			this.tomcat.setProtocol(Http11Nio2Protocol.class.getName());
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> customizeTomcat(server))
				.withMessageContaining("cannot be handed over");
		}
	}

	@Test
	void additionalConnectorIsNamed(CapturedOutput output) {
		Connector additional = new Connector();
		additional.setPort(0);
		this.tomcat.addAdditionalConnectors(additional);
		customizeTomcat(cold());
		assertThat(output).contains("The additional Tomcat connector on port 0 is neither handed over nor drained");
	}

	@Test
	void connectorWithoutAcceptingThreadIsNamed(CapturedOutput output) {
		PingoraServer server = cold();
		JettyServletWebServerFactory jetty = new JettyServletWebServerFactory(0);
		jetty.addServerCustomizers((customized) -> {
			ServerConnector connector = new ServerConnector(customized, 0, 1);
			customized.addConnector(connector);
		});
		new JettyWebServerCustomizer("web", server).customize(jetty);
		jetty.getWebServer();
		assertThat(output).contains("has no accepting thread of its own: the application's own web server is neither");
	}

	@Test
	void connectionThatJettyOpensWhenAllWereCutOffGetsNoAnswer() throws IOException {
		PingoraServer server = cold();
		JettyServletWebServerFactory jetty = new JettyServletWebServerFactory(0);
		new JettyWebServerCustomizer("web", server).customize(jetty);
		WebServer running = jetty.getWebServer();
		running.start();
		Listener listener = server.listeners().get(0);
		listener.accept();
		try {
			assertThat(answer(running.getPort())).startsWith("HTTP/1.1 404");
			listener.cutOff();
			assertThat(answer(running.getPort())).isEmpty();
			listener.accept();
			assertThat(answer(running.getPort())).startsWith("HTTP/1.1 404");
		}
		finally {
			running.stop();
			server.stop();
		}
	}

	private static String answer(int port) throws IOException {
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
			client.setSoTimeout(10_000);
			client.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			return new String(client.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
		}
		catch (SocketException ex) {
			// the end, when it comes before the request
			return "";
		}
	}

	@Test
	void customizerThatBindsTheServerFailsTheStart() {
		PingoraServer server = cold();
		NettyReactiveWebServerFactory netty = new NettyReactiveWebServerFactory(0);
		new NettyWebServerCustomizer("web", server, null).customize(netty);
		netty.addServerCustomizers((http) -> {
			http.port(0).bindNow();
			return http;
		});
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> netty.getWebServer(HANDLER).start())
			.havingRootCause()
			.isInstanceOf(ListenException.class)
			.withMessageContaining("'web' listens on")
			.withMessageContaining("a customizer must not bind it once more");
		server.stop();
	}

	private void customizeTomcat(PingoraServer server) {
		new TomcatWebServerCustomizer("web", server).customize(this.tomcat);
	}

	private PingoraServer cold() {
		return new PingoraServer(settings(), null, (code) -> {
		});
	}

	private ServerSettings settings() {
		return new ServerSettings(socket(), TIMEOUTS, Compatibility.NONE, SECOND, Duration.ZERO, 3, SECOND,
				Duration.ZERO, SECOND, false, new BackgroundTimeouts(SECOND, SECOND), WarmUpSettings.NONE);
	}

	private UpgradeSocket socket() {
		return new UpgradeSocket(this.directory.resolve("upgrade.sock"), false);
	}

}
