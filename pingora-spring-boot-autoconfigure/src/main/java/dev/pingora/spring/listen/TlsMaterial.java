package dev.pingora.spring.listen;

import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What TLS is made of.
 *
 * @param keys the certificate of the server with its key
 * @param trust whose client certificates are accepted
 * @param clientAuth whether clients show a certificate
 * @param protocols the versions of TLS, or {@code null} for those of the JVM
 * @param ciphers the cipher suites, or {@code null} for those of the JVM
 */
public record TlsMaterial(KeyManagerFactory keys, TrustManagerFactory trust, ClientAuthentication clientAuth,
		@Nullable List<String> protocols, @Nullable List<String> ciphers) {

	SslContext build() {
		try {
			SslContextBuilder builder = SslContextBuilder.forServer(this.keys)
				.trustManager(this.trust)
				.clientAuth(ClientAuth.valueOf(this.clientAuth.netty));
			if (this.protocols != null) {
				builder.protocols(this.protocols);
			}
			if (this.ciphers != null) {
				builder.ciphers(this.ciphers);
			}
			return builder.build();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("TLS cannot be set up: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Whether clients show a certificate.
	 */
	public enum ClientAuthentication {

		/** They are not asked. */
		NONE("NONE"),
		/** They are asked and need not. */
		WANT("OPTIONAL"),
		/** They must. */
		NEED("REQUIRE");

		private final String netty;

		ClientAuthentication(String netty) {
			this.netty = netty;
		}

	}

}
