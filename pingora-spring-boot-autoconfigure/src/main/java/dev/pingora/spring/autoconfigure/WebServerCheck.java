package dev.pingora.spring.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.pingora.spring.listen.ListenAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServerSslBundle;
import org.springframework.core.env.Environment;

/**
 * Checks the address and the TLS material of the application's own web server, and the
 * address of its management port.
 */
final class WebServerCheck {

	private final Findings findings;

	WebServerCheck(Findings findings) {
		this.findings = findings;
	}

	void run(ListableBeanFactory beans, Environment environment) {
		beans.getBeanProvider(AbstractConfigurableWebServerFactory.class).orderedStream().forEach((factory) -> {
			check("web", factory.getAddress(), factory.getPort());
			checkTls(factory);
		});
		Integer management = environment.getProperty("management.server.port", Integer.class);
		if (management != null) {
			check("management", environment.getProperty("management.server.address", InetAddress.class), management);
		}
	}

	private void check(String name, @Nullable InetAddress address, int port) {
		if (port >= 0) {
			new AddressCheck(this.findings).check(name, ListenAddress
				.ofWebServer(ListenAddress.of(new InetSocketAddress((address != null) ? address : any(), port))));
		}
	}

	private static InetAddress any() {
		return new InetSocketAddress(0).getAddress();
	}

	private void checkTls(AbstractConfigurableWebServerFactory factory) {
		Ssl ssl = factory.getSsl();
		if (Ssl.isEnabled(ssl)) {
			WebServerSslBundle.get(ssl, factory.getSslBundles()).createSslContext();
			this.findings.found("TLS", "material of the web server is complete");
		}
	}

}
