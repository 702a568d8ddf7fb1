package dev.pingora.spring.autoconfigure;

import java.util.List;
import java.util.function.Consumer;

import dev.pingora.spring.listen.ListenerOptions;
import dev.pingora.spring.listen.Tls;
import dev.pingora.spring.listen.TlsMaterial;
import dev.pingora.spring.service.ConnectionFilter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Turns what the configuration says of the connections of a service into options of its
 * listeners, with the SSL bundles and the connection filters of the application.
 */
final class ServiceListenerOptions {

	private final @Nullable SslBundles bundles;

	private final ConnectionFilter filter;

	ServiceListenerOptions(@Nullable SslBundles bundles, List<ConnectionFilter> filters) {
		this.bundles = bundles;
		this.filter = (service, peer) -> filters.stream().allMatch((each) -> each.accepts(service, peer));
	}

	/**
	 * Return the options of a service.
	 * @throws InvalidPropertyException if a bundle is missing or a number makes no sense
	 */
	ListenerOptions of(String property, PingoraProperties.Service service) {
		PropertyRules.positive(property + ".connection-limit", service.connectionLimit());
		int limit = (service.connectionLimit() != null) ? service.connectionLimit() : 0;
		return new ListenerOptions(limit, tls(property + ".tls", service.tls()), this.filter);
	}

	private @Nullable Tls tls(String property, ServiceTls configured) {
		if (configured.bundle() == null) {
			if (!configured.serverNames().isEmpty()) {
				throw new InvalidPropertyException(property + ".bundle", null,
						"clients that ask for no server name need one", "Set it to the name of an SSL bundle.");
			}
			return null;
		}
		Tls tls = new Tls(material(property + ".bundle", configured.bundle(), configured));
		onUpdate(configured.bundle(), (bundle) -> tls.reload(material(bundle, configured)));
		configured.serverNames().forEach((name, bundleName) -> {
			tls.add(name, material(property + ".server-names." + name, bundleName, configured));
			onUpdate(bundleName, (bundle) -> tls.reload(name, material(bundle, configured)));
		});
		return tls;
	}

	private TlsMaterial material(String property, String name, ServiceTls configured) {
		try {
			return material(bundles(property, name).getBundle(name), configured);
		}
		catch (NoSuchSslBundleException ex) {
			throw missing(property, name);
		}
	}

	private SslBundles bundles(String property, String name) {
		if (this.bundles == null) {
			throw missing(property, name);
		}
		return this.bundles;
	}

	private static InvalidPropertyException missing(String property, String name) {
		return new InvalidPropertyException(property, name, "there is no SSL bundle of that name",
				"Define it in 'spring.ssl.bundle.pem.%1$s' or 'spring.ssl.bundle.jks.%1$s'.".formatted(name));
	}

	private void onUpdate(String name, Consumer<SslBundle> handler) {
		if (this.bundles != null) {
			this.bundles.addBundleUpdateHandler(name, handler);
		}
	}

	private static TlsMaterial material(SslBundle bundle, ServiceTls configured) {
		SslOptions options = bundle.getOptions();
		return new TlsMaterial(bundle.getManagers().getKeyManagerFactory(),
				bundle.getManagers().getTrustManagerFactory(), configured.clientAuth(),
				list(options.getEnabledProtocols()), list(options.getCiphers()));
	}

	private static @Nullable List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : null;
	}

}
