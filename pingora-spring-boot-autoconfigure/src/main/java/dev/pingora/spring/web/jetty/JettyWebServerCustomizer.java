package dev.pingora.spring.web.jetty;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.server.PingoraServer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.boot.jetty.JettyWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Lets Boot's Jetty claim its socket from a server of ours, and be one of its listeners.
 */
public final class JettyWebServerCustomizer implements WebServerFactoryCustomizer<JettyWebServerFactory>, Ordered {

	private final String name;

	private final PingoraServer server;

	/**
	 * Create the customizer.
	 * @param name the name of the listener
	 * @param server the server that the listener belongs to
	 */
	public JettyWebServerCustomizer(String name, PingoraServer server) {
		this.name = name;
		this.server = server;
	}

	@Override
	public void customize(JettyWebServerFactory factory) {
		if (!ChannelListener.isPossible()) {
			this.server.refuse("This JVM does not let Jetty adopt a listening socket");
			return;
		}
		// The server has drained before; a second wait would hold the process.
		factory.setShutdown(Shutdown.IMMEDIATE);
		factory.addServerCustomizers(this::adopt);
	}

	private void adopt(Server jetty) {
		for (Connector connector : jetty.getConnectors()) {
			if (connector instanceof ServerConnector adopting && adopting.getAcceptors() > 0) {
				new AdoptingConnector(this.name, this.server, adopting);
			}
			else {
				this.server.refuse("The Jetty connector '%s' has no accepting thread of its own".formatted(connector));
			}
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
