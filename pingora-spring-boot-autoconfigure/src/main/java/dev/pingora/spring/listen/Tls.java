package dev.pingora.spring.listen;

import java.util.LinkedHashMap;
import java.util.Map;

import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpServer;
import reactor.netty.transport.ServerTransport;

/**
 * TLS of a service: one certificate, and others for the server names that a client may
 * ask for (SNI, RFC 6066 §3). Each can be replaced while the service runs.
 */
public final class Tls {

	private final ReloadableSslContext fallback;

	private final Map<String, ReloadableSslContext> byServerName = new LinkedHashMap<>();

	/**
	 * Create the TLS of a service.
	 * @param material what is used where no other certificate fits
	 */
	public Tls(TlsMaterial material) {
		this.fallback = new ReloadableSslContext(material.build());
	}

	/**
	 * Add a certificate, before the service starts.
	 * @param serverName the name that a client asks for, which may begin with {@code *.}
	 * @param material what is used for it
	 */
	public void add(String serverName, TlsMaterial material) {
		this.byServerName.put(serverName, new ReloadableSslContext(material.build()));
	}

	/**
	 * Replace what is used where no other certificate fits. Open connections go on.
	 * @param material what later connections use
	 */
	public void reload(TlsMaterial material) {
		this.fallback.replace(material.build());
	}

	/**
	 * Replace the certificate of a server name. Open connections go on.
	 * @param serverName a name that was added
	 * @param material what later connections use
	 */
	public void reload(String serverName, TlsMaterial material) {
		ReloadableSslContext context = this.byServerName.get(serverName);
		if (context != null) {
			context.replace(material.build());
		}
	}

	ServerTransport<?, ?> secure(ServerTransport<?, ?> server) {
		if (server instanceof HttpServer http) {
			return http.secure(this::configure);
		}
		return ((TcpServer) server).secure(this::configure);
	}

	private void configure(SslProvider.SslContextSpec spec) {
		SslProvider.Builder builder = spec.sslContext(this.fallback);
		this.byServerName
			.forEach((name, context) -> builder.addSniMapping(name, (mapped) -> mapped.sslContext(context)));
	}

}
