package dev.pingora.spring.web.jetty;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.pingora.spring.listen.Connections;
import org.eclipse.jetty.ee11.websocket.jakarta.common.JakartaWebSocketSession;
import org.eclipse.jetty.ee11.websocket.jakarta.server.JakartaWebSocketServerContainer;
import org.eclipse.jetty.ee11.websocket.server.JettyWebSocketServerContainer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.common.WebSocketSession;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;

/**
 * The WebSockets of one Jetty, Jakarta's and its own, each of which ends with status
 * 1001, "going away" (RFC 6455 §7.4.1), and goes on reading until the client has
 * answered.
 */
final class WebSockets {

	private final ServerConnector connector;

	private final Connections connections;

	private final Map<CoreSession, Double> ranks = new ConcurrentHashMap<>();

	private final Set<CoreSession> told = ConcurrentHashMap.newKeySet();

	WebSockets(ServerConnector connector, Connections connections) {
		this.connector = connector;
		this.connections = connections;
	}

	/**
	 * Tell those that leave and were not told.
	 */
	void tell() {
		this.ranks.keySet().removeIf(CoreSession::isClosed);
		this.told.removeIf(CoreSession::isClosed);
		forEach((session) -> {
			double rank = this.ranks.computeIfAbsent(session, (added) -> this.connections.rank());
			if (this.connections.isLeaving(rank) && this.told.add(session)) {
				goAway(session);
			}
		});
	}

	/**
	 * Tell one, in a thread of its own, because a client that does not read holds it up,
	 * and end it if the client does not answer in time.
	 */
	private void goAway(CoreSession session) {
		this.connector.getExecutor().execute(() -> session.close(new GoingAway(), Callback.NOOP));
		this.connector.getScheduler()
			.schedule(session::abort, this.connections.streamTimeout().toMillis(), TimeUnit.MILLISECONDS);
	}

	void goOn() {
		this.ranks.clear();
		this.told.clear();
	}

	private void forEach(Consumer<CoreSession> action) {
		this.connector.getServer()
			.getContainedBeans(JakartaWebSocketServerContainer.class)
			.stream()
			.flatMap((container) -> container.getOpenSessions().stream())
			.forEach((session) -> action.accept(((JakartaWebSocketSession) session).getCoreSession()));
		this.connector.getServer()
			.getContainedBeans(JettyWebSocketServerContainer.class)
			.stream()
			.flatMap((container) -> container.getOpenSessions().stream())
			.forEach((session) -> action.accept(((WebSocketSession) session).getCoreSession()));
	}

	/**
	 * The status 1001 as an ordinary one. Jetty closes the connection as soon as it has
	 * sent any other, and loses what the client sends meanwhile.
	 */
	private static final class GoingAway extends CloseStatus {

		GoingAway() {
			super(SHUTDOWN, "going away");
		}

		@Override
		public boolean isAbnormal() {
			return false;
		}

	}

}
