package dev.pingora.spring.autoconfigure;

import java.util.Map;

import dev.pingora.spring.listen.TlsMaterial.ClientAuthentication;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the TLS of one service.
 *
 * @param bundle Name of the SSL bundle. Without it the service speaks plain text. A
 * bundle that is reloaded on update serves later connections.
 * @param clientAuth Whether clients show a certificate that the bundle trusts.
 * @param serverNames SSL bundles for the server names that clients ask for, which may
 * begin with '*.'.
 */
public record ServiceTls(@Nullable String bundle, @DefaultValue("none") ClientAuthentication clientAuth,
		@DefaultValue Map<String, String> serverNames) {
}
