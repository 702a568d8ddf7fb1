package dev.pingora.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * The socket of a supervisor that records every datagram, in the order in which they
 * came.
 */
final class NotifySocket implements AutoCloseable {

	private final Path path;

	private final AFUNIXDatagramSocket socket;

	private final List<String> datagrams = new CopyOnWriteArrayList<>();

	NotifySocket(Path path) {
		this.path = path;
		try {
			this.socket = AFUNIXDatagramSocket.newInstance();
			this.socket.bind(AFUNIXSocketAddress.of(path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread thread = new Thread(this::record, "notify-socket");
		thread.setDaemon(true);
		thread.start();
	}

	private void record() {
		DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
		try {
			while (true) {
				packet.setLength(4096);
				this.socket.receive(packet);
				this.datagrams.add(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
			}
		}
		catch (SocketException | SocketTimeoutException ex) {
			// closed at the end of the test
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String address() {
		return this.path.toString();
	}

	List<String> datagrams() {
		return this.datagrams;
	}

	NotifySocket await(String part) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> this.datagrams.stream().anyMatch((datagram) -> datagram.contains(part)));
		return this;
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
