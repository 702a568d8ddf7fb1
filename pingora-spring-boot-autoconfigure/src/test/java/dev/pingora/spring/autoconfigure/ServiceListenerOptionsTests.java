package dev.pingora.spring.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.pingora.spring.listen.TcpAddress;
import dev.pingora.spring.server.PingoraServer;
import dev.pingora.spring.service.ConnectionFilter;
import dev.pingora.spring.service.TcpService;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ServiceListenerOptions}, {@link ServiceTls} and {@link ServiceTcp}.
 */
@Timeout(120)
class ServiceListenerOptionsTests {

	private static final int TIMEOUT = 20_000;

	@TempDir
	private Path directory;

	private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class, PingoraAutoConfiguration.class))
		.withBean(TcpService.class,
				() -> TcpService.of("echo",
						(inbound, outbound) -> outbound.sendString(Mono.just("x")).then(Mono.never())))
		.withPropertyValues("pingora.signals.enabled=false", "pingora.services.echo.listeners=127.0.0.1:0",
				"pingora.shutdown.grace-period=0s");

	private ApplicationContextRunner tlsRunner;

	@BeforeEach
	void tls() {
		this.tlsRunner = this.contextRunner.withBean(DefaultSslBundleRegistry.class, () -> this.bundles)
			.withPropertyValues("pingora.services.echo.tls.bundle=web");
	}

	@Test
	void certificateIsThatOfTheBundleAndIsReplacedWithoutARestart() throws Exception {
		this.bundles.registerBundle("web", bundle("first"));
		this.tlsRunner.run((context) -> {
			int port = ready(context);
			assertThat(certificate(port, null, null)).isEqualTo("CN=first");
			this.bundles.updateBundle("web", bundle("second"));
			assertThat(certificate(port, null, null)).isEqualTo("CN=second");
		});
	}

	@Test
	void clientGetsTheCertificateOfTheServerNameThatItAsksFor() throws Exception {
		this.bundles.registerBundle("web", bundle("first"));
		this.bundles.registerBundle("other", bundle("other"));
		this.tlsRunner.withPropertyValues("pingora.services.echo.tls.server-names[other.example]=other")
			.run((context) -> {
				int port = ready(context);
				assertThat(certificate(port, null, "other.example")).isEqualTo("CN=other");
				assertThat(certificate(port, null, "first.example")).isEqualTo("CN=first");
				this.bundles.updateBundle("other", bundle("renewed"));
				assertThat(certificate(port, null, "other.example")).isEqualTo("CN=renewed");
			});
	}

	@Test
	void clientThatShowsNoCertificateIsRefusedWhereItHasTo() throws Exception {
		SslBundle server = bundle("server");
		SslBundle client = bundle("client");
		this.bundles.registerBundle("web",
				SslBundle.of(
						SslStoreBundle.of(server.getStores().getKeyStore(), "secret", client.getStores().getKeyStore()),
						server.getKey()));
		this.tlsRunner.withPropertyValues("pingora.services.echo.tls.client-auth=NEED").run((context) -> {
			int port = ready(context);
			assertThat(certificate(port, client, null)).isEqualTo("CN=server");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> certificate(port, null, null));
			assertThatExceptionOfType(SSLException.class).isThrownBy(() -> certificate(port, null, null));
		});
	}

	@Test
	void connectionsBeyondTheLimitWaitUntilThereIsRoom() {
		this.contextRunner.withPropertyValues("pingora.services.echo.connection-limit=2").run((context) -> {
			int port = ready(context);
			Socket first = connect(port);
			Socket second = connect(port);
			assertThat(first.getInputStream().read()).isEqualTo('x');
			assertThat(second.getInputStream().read()).isEqualTo('x');
			try (Socket third = connect(port)) {
				third.setSoTimeout(300);
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> third.getInputStream().read());
				assertThat(connections(context)).isEqualTo(2);
				first.close();
				third.setSoTimeout(TIMEOUT);
				assertThat(third.getInputStream().read()).isEqualTo('x');
				assertThat(connections(context)).isEqualTo(2);
			}
			second.close();
			await().until(() -> connections(context) == 0);
		});
	}

	@Test
	void filterRefusesPeersBeforeAnythingIsSaid() {
		AtomicInteger asked = new AtomicInteger();
		ConnectionFilter filter = (service, peer) -> {
			assertThat(service).isEqualTo("echo");
			assertThat(peer.getAddress().isLoopbackAddress()).isTrue();
			return asked.incrementAndGet() > 1;
		};
		this.contextRunner.withBean(ConnectionFilter.class, () -> filter).run((context) -> {
			int port = ready(context);
			try (Socket refused = connect(port)) {
				assertThat(endOf(refused)).isTrue();
			}
			assertThat(connections(context)).isZero();
			try (Socket accepted = connect(port)) {
				assertThat(accepted.getInputStream().read()).isEqualTo('x');
			}
			assertThat(context.getBean(PingoraServer.class).listeners().get(0).connections().accepted()).isEqualTo(1);
		});
	}

	private static boolean endOf(Socket socket) {
		try {
			return socket.getInputStream().read() < 0;
		}
		catch (IOException ex) {
			return true;
		}
	}

	private static int connections(AssertableApplicationContext context) {
		return context.getBean(PingoraServer.class).listeners().get(0).connections().active();
	}

	private static int ready(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed();
		context.getSourceApplicationContext()
			.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
					context.getSourceApplicationContext(), Duration.ofSeconds(1)));
		return ((TcpAddress) context.getBean(PingoraServer.class).listeners().get(0).address()).port();
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
		socket.setSoTimeout(TIMEOUT);
		return socket;
	}

	/**
	 * Return the subject of the certificate that a server shows.
	 */
	private static String certificate(int port, SslBundle client, String serverName) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init((client != null) ? client.getManagers().getKeyManagers() : null,
				InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
		try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT);
			socket.setSoTimeout(TIMEOUT);
			if (serverName != null) {
				SSLParameters parameters = socket.getSSLParameters();
				parameters.setServerNames(List.of(new SNIHostName(serverName)));
				socket.setSSLParameters(parameters);
			}
			socket.startHandshake();
			assertThat(socket.getInputStream().read()).isEqualTo('x');
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	private SslBundle bundle(String commonName) throws Exception {
		Path store = this.directory.resolve(commonName + ".p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=" + commonName, "-storetype",
				"PKCS12", "-keystore", store.toString(), "-storepass", "secret")
			.redirectErrorStream(true)
			.start();
		keytool.getInputStream().readAllBytes();
		assertThat(keytool.waitFor()).isZero();
		JksSslStoreDetails details = JksSslStoreDetails.forLocation("file:" + store).withPassword("secret");
		return SslBundle.of(new JksSslStoreBundle(details, details), SslBundleKey.of("secret"));
	}

}
