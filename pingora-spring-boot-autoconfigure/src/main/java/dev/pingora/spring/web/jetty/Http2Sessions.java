package dev.pingora.spring.web.jetty;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.listen.Connections;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.frames.Frame;
import org.eclipse.jetty.http2.frames.FrameType;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.PingFrame;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * The HTTP/2 connections of one connector, each of which ends with two GOAWAY frames (RFC
 * 9113 §6.8): the first one asks for no more streams and refuses none, the second one
 * says which was the last, when the client has seen the first. Jetty's own shutdown says
 * the second one as soon as there is no stream, when one may be on its way.
 */
final class Http2Sessions implements HTTP2Session.FrameListener, HTTP2Session.LifeCycleListener {

	private static final long ROUND_TRIP = 0x70696e676f7261L;

	/**
	 * The ranks of those that are open.
	 */
	private final Map<Session, Double> open = new ConcurrentHashMap<>();

	private final Set<Session> told = ConcurrentHashMap.newKeySet();

	private final Set<Session> ending = ConcurrentHashMap.newKeySet();

	private final ServerConnector connector;

	private final Connections connections;

	Http2Sessions(ServerConnector connector, Connections connections) {
		this.connector = connector;
		this.connections = connections;
		connector.getContainedBeans(AbstractHTTP2ServerConnectionFactory.class)
			.forEach((factory) -> factory.addEventListener(this));
	}

	/**
	 * Tell those that leave.
	 */
	void tell() {
		this.open.forEach(this::tellLeaving);
	}

	private void tellLeaving(Session session, double rank) {
		if (this.connections.isLeaving(rank) && this.told.add(session)) {
			sayFirst(session);
		}
	}

	/**
	 * Note a connection as soon as it has sent its preface, which comes before any
	 * GOAWAY.
	 */
	@Override
	public void onIncomingFrame(Session session, Frame frame) {
		if (frame instanceof PingFrame ping && ping.isReply() && ping.getPayloadAsLong() == ROUND_TRIP) {
			saySecond(session);
		}
		else if (frame.getType() == FrameType.SETTINGS && !this.open.containsKey(session)) {
			double rank = this.connections.rank();
			this.open.put(session, rank);
			tellLeaving(session, rank);
		}
	}

	@Override
	public void onClose(Session session) {
		this.open.remove(session);
		this.told.remove(session);
		this.ending.remove(session);
	}

	/**
	 * Ask for no more streams, and only then for a reply: Jetty lets a PING overtake
	 * other frames.
	 */
	private void sayFirst(Session session) {
		((HTTP2Session) session).frames(null, List.of(GoAwayFrame.GRACEFUL),
				Callback.from(() -> session.ping(new PingFrame(ROUND_TRIP, false), Callback.NOOP)));
	}

	private void saySecond(Session session) {
		session.close(ErrorCode.NO_ERROR.code, null, Callback.from(() -> {
			this.ending.add(session);
			endWithoutStreams((HTTP2Session) session);
		}));
	}

	/**
	 * End a connection after its last stream. Others are none of ours.
	 * @param connection the connection, one of whose streams has ended
	 */
	void streamEnded(Connection connection) {
		if (connection instanceof HTTP2Connection http2) {
			endWithoutStreams(http2.getSession());
		}
	}

	/**
	 * Close the output, and a little later all of it: a client that still sends would see
	 * a reset that overtakes its last response.
	 */
	private void endWithoutStreams(HTTP2Session session) {
		if (session.getStreams().isEmpty() && this.ending.remove(session)) {
			EndPoint endPoint = session.getEndPoint();
			endPoint.shutdownOutput();
			this.connector.getScheduler()
				.schedule(endPoint::close, AdoptingConnector.LINGER_MILLIS, TimeUnit.MILLISECONDS);
		}
	}

}
