package dev.pingora.sample.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;

import javax.net.ssl.SSLContext;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;

/**
 * A key store with a certificate of its own, which a server can be given, and clients
 * that take any certificate.
 */
public final class TestTls {

	private static final Path KEYTOOL = Path.of(System.getProperty("java.home"), "bin", "keytool");

	private final Path keyStore;

	public TestTls(Path directory) {
		this.keyStore = directory.resolve("server.p12");
		renew("first");
	}

	/**
	 * Put a new certificate in the place of the old one, at once.
	 */
	public void renew(String commonName) {
		try {
			Path made = this.keyStore.resolveSibling(commonName + ".p12");
			Process keytool = new ProcessBuilder(KEYTOOL.toString(), "-genkeypair", "-alias", "server", "-keyalg", "EC",
					"-dname", "CN=" + commonName, "-ext", "SAN=dns:localhost", "-storetype", "PKCS12", "-keystore",
					made.toString(), "-storepass", "secret")
				.redirectErrorStream(true)
				.start();
			String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (keytool.waitFor() != 0) {
				throw new IllegalStateException(output);
			}
			Files.move(made, this.keyStore, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the arguments that give the certificate to the application's own web server.
	 */
	public List<String> arguments() {
		return List.of("--server.ssl.bundle=web", "--spring.ssl.bundle.jks.web.keystore.location=file:" + this.keyStore,
				"--spring.ssl.bundle.jks.web.keystore.password=secret",
				"--spring.ssl.bundle.jks.web.reload-on-update=true",
				"--spring.ssl.bundle.watch.file.quiet-period=100ms", "--management.server.ssl.enabled=false");
	}

	public static SSLContext client() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), new SecureRandom());
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
