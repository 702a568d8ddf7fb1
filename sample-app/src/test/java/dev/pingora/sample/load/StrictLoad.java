package dev.pingora.sample.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLContext;

import dev.pingora.sample.load.StrictConnection.Response;

/**
 * Clients that send one request after the other and never retry any. It loads only
 * loopback, and stops with the test.
 */
public final class StrictLoad implements AutoCloseable {

	private final SocketAddress address;

	private final String path;

	private final SSLContext tls;

	private final Clients threads = new Clients();

	private final List<Tally> tallies = new ArrayList<>();

	public StrictLoad(int port) {
		this(port, "/");
	}

	public StrictLoad(int port, String path) {
		this(port, path, null);
	}

	public StrictLoad(int port, String path, SSLContext tls) {
		this.tls = tls;
		this.path = path;
		this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	/**
	 * Add clients of every kind.
	 */
	public StrictLoad mixed() {
		return newConnections(2).busy(8).sparse(16, Duration.ofMillis(700)).posts(2);
	}

	/**
	 * Add clients of every kind that leave the processors to the processes which start.
	 */
	public StrictLoad light() {
		Duration pause = Duration.ofMillis(5);
		add("busy", 2, pause, true, this::get);
		add("post", 1, pause, true, this::post);
		return newConnections(1).sparse(8, Duration.ofMillis(700));
	}

	/**
	 * Add clients that open a connection for each request.
	 */
	public StrictLoad newConnections(int clients) {
		return add("new", clients, Duration.ofMillis(1), false, this::get);
	}

	/**
	 * Add clients that keep a connection busy.
	 */
	public StrictLoad busy(int clients) {
		return add("busy", clients, Duration.ZERO, true, this::get);
	}

	/**
	 * Add clients that keep a connection and pause between their requests.
	 */
	public StrictLoad paced(int clients, Duration pause) {
		return add("paced", clients, pause, true, this::get);
	}

	/**
	 * Add clients whose connection is idle most of the time.
	 */
	public StrictLoad sparse(int clients, Duration pause) {
		return add("sparse", clients, pause, true, this::get);
	}

	/**
	 * Add clients that send a body and want it back.
	 */
	public StrictLoad posts(int clients) {
		return add("post", clients, Duration.ZERO, true, this::post);
	}

	/**
	 * Add clients that ask for the health of the application, busy and one connection
	 * each.
	 */
	public StrictLoad health() {
		add("health-new", 1, Duration.ofMillis(50), false, this::up);
		return add("health-busy", 1, Duration.ofMillis(50), true, this::up);
	}

	private StrictLoad add(String kind, int clients, Duration pause, boolean keepAlive, Exchange exchange) {
		Tally tally = new Tally(kind);
		this.tallies.add(tally);
		for (int i = 0; i < clients; i++) {
			this.threads.start(kind + "-" + i, () -> run(tally, pause, keepAlive, exchange));
		}
		return this;
	}

	private void run(Tally tally, Duration pause, boolean keepAlive, Exchange exchange) {
		StrictConnection connection = null;
		int number = 0;
		while (!this.threads.isStopped(pause)) {
			try {
				connection = (connection != null) ? connection
						: new StrictConnection(this.address, Clients.TIMEOUT, this.tls);
				exchange.run(connection, tally, number++);
				if (!keepAlive || !connection.isReusable()) {
					connection.close();
					connection = null;
				}
			}
			catch (IOException | RuntimeException ex) {
				tally.failed(outcome(ex), String.valueOf(ex));
				if (connection != null) {
					connection.close();
				}
				connection = null;
			}
		}
		if (connection != null) {
			connection.close();
		}
	}

	private static Outcome outcome(Exception ex) {
		if (ex instanceof ConnectException) {
			return Outcome.REFUSED;
		}
		if (ex instanceof SocketTimeoutException) {
			return Outcome.TIMED_OUT;
		}
		if (ex instanceof EOFException) {
			return Outcome.EARLY_END;
		}
		return (ex instanceof IOException) ? Outcome.RESET : Outcome.BODY;
	}

	private void get(StrictConnection connection, Tally tally, int number) throws IOException {
		Response response = connection.get(this.path);
		check(tally, response, response.body().contains("\"pid\":" + response.pid() + ","));
	}

	/**
	 * Ask for the health. A connection that the predecessor has may hear from it that it
	 * drains.
	 */
	private void up(StrictConnection connection, Tally tally, int number) throws IOException {
		Response response = connection.get(this.path);
		if (response.status() == 503 && response.body().contains("\"phase\":\"DRAINING\"")) {
			tally.served(response.pid());
		}
		else {
			check(tally, response, response.body().contains("\"UP\""));
		}
	}

	private void post(StrictConnection connection, Tally tally, int number) throws IOException {
		String body = "request %d ".formatted(number).repeat(1 + number % 500);
		Response response = connection.post("/echo", body);
		check(tally, response, response.body().equals(body));
	}

	private static void check(Tally tally, Response response, boolean rightBody) {
		tally.judge(response.status(), response.pid(), rightBody, response.body());
	}

	public long served() {
		return this.tallies.stream().mapToLong(Tally::served).sum();
	}

	public long servedBy(long pid) {
		return this.tallies.stream().mapToLong((tally) -> tally.servedBy(pid)).sum();
	}

	public List<Tally> tallies() {
		return List.copyOf(this.tallies);
	}

	public List<String> failures() {
		return this.tallies.stream().flatMap((tally) -> tally.failures().stream()).toList();
	}

	/**
	 * Stop every client after its current request.
	 */
	public StrictLoad finish() {
		this.threads.finish();
		return this;
	}

	@Override
	public void close() {
		finish();
	}

	/**
	 * One request with its response.
	 */
	private interface Exchange {

		void run(StrictConnection connection, Tally tally, int number) throws IOException;

	}

}
