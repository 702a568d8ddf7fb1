package dev.pingora.spring.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.pingora.spring.listen.EventLoops;
import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListeningSocket;
import dev.pingora.spring.listen.NettyListener;
import dev.pingora.spring.listen.SeenRequest;
import dev.pingora.spring.listen.SocketClaim;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners of a server, with the event loops of its services.
 */
final class Listeners {

	private static final Logger logger = LoggerFactory.getLogger(Listeners.class);

	private static final String MANAGEMENT = "management";

	private static final Duration LOOPS_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * How many requests of each service a successor is told.
	 */
	private static final int TOP = 32;

	private final List<Listener> all = new ArrayList<>();

	private final List<EventLoops> loops = new ArrayList<>();

	/**
	 * The listeners whose sockets no other process has, as far as this one knows: a
	 * successor's inherited ones belong to its predecessor until the commit.
	 */
	private volatile Collection<Listener> owned = List.of();

	/**
	 * Open the listeners of a service.
	 */
	void open(ServicePlan plan, SocketClaim claim) {
		EventLoops serviceLoops = new EventLoops(plan.service().name(), plan.threads());
		this.loops.add(serviceLoops);
		for (ListenAddress address : plan.addresses()) {
			add(NettyListener.open(plan.service(), address, claim, serviceLoops, plan.listenerOptions()));
		}
	}

	/**
	 * Add a listener that is bound, or is about to be.
	 */
	synchronized void add(Listener listener) {
		this.all.add(listener);
	}

	void log() {
		all().forEach((listener) -> logger.info("Listening on {} ({}){}", listener.address(), listener.service(),
				listener.isInherited() ? ", inherited" : ""));
	}

	synchronized List<Listener> all() {
		return List.copyOf(this.all);
	}

	/**
	 * Return the listeners whose socket this process has opened itself.
	 */
	List<Listener> opened() {
		return all().stream().filter((listener) -> !listener.isInherited()).toList();
	}

	/**
	 * Return the listeners by service.
	 */
	List<ServiceReport> reports(Counts counts) {
		Map<String, List<ListenerReport>> byService = new LinkedHashMap<>();
		for (Listener listener : all()) {
			ConnectionCounts connections = ConnectionCounts.ofThisProcess(listener)
				.plus(ConnectionCounts.inherited(counts, listener));
			byService.computeIfAbsent(listener.service(), (name) -> new ArrayList<>())
				.add(new ListenerReport(listener.address().toString(), listener.isInherited(),
						listener.connections().active(), listener.busy(), listener.connections().isDraining(),
						connections));
		}
		return byService.entrySet()
			.stream()
			.map((service) -> new ServiceReport(service.getKey(), service.getValue()))
			.toList();
	}

	/**
	 * Return the listeners that are not for operators alone.
	 */
	List<Listener> ofTheApplication() {
		return all().stream().filter((listener) -> !listener.service().equals(MANAGEMENT)).toList();
	}

	/**
	 * Return what was asked most, by service.
	 */
	Map<String, List<SeenRequest>> seen() {
		Map<String, List<SeenRequest>> seen = new LinkedHashMap<>();
		for (Listener listener : all()) {
			Set<SeenRequest> ofService = new LinkedHashSet<>(seen.getOrDefault(listener.service(), List.of()));
			ofService.addAll(listener.connections().seen().top(TOP));
			if (!ofService.isEmpty()) {
				seen.put(listener.service(), ofService.stream().limit(TOP).toList());
			}
		}
		return seen;
	}

	void accept() {
		all().stream()
			.filter((listener) -> !listener.isListening())
			.forEach((listener) -> logger.warn("{} ({}) stays closed: the successor did not want it",
					listener.address(), listener.service()));
		all().forEach(Listener::accept);
	}

	/**
	 * Return what a successor is given: not what an earlier one did not want, and was
	 * closed.
	 */
	List<InheritedSocket> sockets() {
		List<InheritedSocket> sockets = new ArrayList<>();
		for (Listener listener : all()) {
			ListeningSocket socket = listener.socket();
			if (socket != null && listener.isListening()) {
				sockets.add(new InheritedSocket(socket.name().toString(), socket.descriptor()));
			}
		}
		return sockets;
	}

	/**
	 * Return the listeners whose socket a successor does not want.
	 */
	List<Listener> named(Collection<String> names) {
		return all().stream()
			.filter((listener) -> listener.socket() != null && names.contains(listener.socket().name().toString()))
			.toList();
	}

	/**
	 * Return the listeners that two processes can serve at the same time. The management
	 * port is not one of them: who asks there after an upgrade means the successor.
	 */
	List<Listener> shareable() {
		return all().stream()
			.filter((listener) -> listener.socket() != null && listener.isListening()
					&& !listener.service().equals(MANAGEMENT))
			.toList();
	}

	/**
	 * Return those of them that a predecessor may serve too.
	 */
	List<Listener> inherited() {
		return shareable().stream().filter(Listener::isInherited).toList();
	}

	/**
	 * Say whose sockets no other process has.
	 */
	void own(Collection<Listener> listeners) {
		this.owned = listeners;
	}

	/**
	 * Return whether no other process has any of the sockets.
	 */
	boolean isAlone() {
		return this.owned.containsAll(all());
	}

	/**
	 * Stop accepting, and refuse further connections where nobody else has the socket.
	 */
	void drain(Duration streamTimeout) {
		drainAllBut(List.of(), streamTimeout);
	}

	/**
	 * Drain all that do not drain yet, except some.
	 */
	void drainAllBut(Collection<Listener> others, Duration streamTimeout) {
		for (Listener listener : all()) {
			if (!others.contains(listener) && !listener.connections().isDraining()) {
				drain(listener, streamTimeout);
			}
		}
	}

	private void drain(Listener listener, Duration streamTimeout) {
		if (this.owned.contains(listener)) {
			listener.drainAndRefuse(streamTimeout);
		}
		else {
			listener.drain(streamTimeout);
		}
	}

	/**
	 * Close everything in this process. The path of a Unix socket goes with its last
	 * owner.
	 */
	void close() {
		all().forEach((listener) -> listener.close(this.owned.contains(listener)));
		this.loops.forEach((group) -> group.disposeLater(Duration.ZERO, LOOPS_TIMEOUT).subscribe());
		this.loops.clear();
	}

}
