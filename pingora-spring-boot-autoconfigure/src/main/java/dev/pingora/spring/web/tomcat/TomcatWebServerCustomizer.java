package dev.pingora.spring.web.tomcat;

import dev.pingora.spring.listen.ChannelListener;
import dev.pingora.spring.server.PingoraServer;
import org.apache.catalina.connector.Connector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Lets Boot's Tomcat claim its socket from a server of ours, and be one of its listeners.
 */
public final class TomcatWebServerCustomizer implements WebServerFactoryCustomizer<TomcatWebServerFactory>, Ordered {

	private static final Logger logger = LoggerFactory.getLogger(TomcatWebServerCustomizer.class);

	private final String name;

	private final PingoraServer server;

	/**
	 * Create the customizer.
	 * @param name the name of the listener
	 * @param server the server that the listener belongs to
	 */
	public TomcatWebServerCustomizer(String name, PingoraServer server) {
		this.name = name;
		this.server = server;
	}

	@Override
	public void customize(TomcatWebServerFactory factory) {
		if (!ChannelListener.isPossible()) {
			this.server.refuse("This JVM does not let Tomcat adopt a listening socket");
			return;
		}
		if (!TomcatWebServerFactory.DEFAULT_PROTOCOL.equals(factory.getProtocol())) {
			this.server.refuse("Tomcat's protocol is '%s', set by the application, and cannot be handed over"
				.formatted(factory.getProtocol()));
			return;
		}
		for (Connector additional : factory.getAdditionalConnectors()) {
			logger.warn("The additional Tomcat connector on port {} is neither handed over nor drained",
					additional.getPort());
		}
		// The server has drained before; a second wait would hold the process.
		factory.setShutdown(Shutdown.IMMEDIATE);
		RequestCount requests = new RequestCount();
		factory.setProtocol(AdoptingProtocol.class.getName());
		factory.addEngineValves(requests);
		factory.addConnectorCustomizers((connector) -> adopt(connector, requests));
	}

	private void adopt(Connector connector, RequestCount requests) {
		if (connector.getProtocolHandler() instanceof AdoptingProtocol protocol) {
			protocol.adopt(this.name, this.server, requests);
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
