package dev.pingora.spring.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.pingora.spring.listen.InheritedSocket;
import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.ListeningSocket;
import dev.pingora.spring.listen.ListeningSockets;
import dev.pingora.spring.listen.SocketOptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An upgrade socket in a directory of its own, and listening sockets that are closed with
 * the test.
 */
final class UpgradeFixture implements BeforeEachCallback, AfterEachCallback {

	static final UpgradeTimeouts TIMEOUTS = timeouts(Duration.ofSeconds(20));

	private final List<InheritedSocket> opened = new ArrayList<>();

	private Path directory;

	static UpgradeTimeouts timeouts(Duration each) {
		return new UpgradeTimeouts(each, each, each, each);
	}

	@Override
	public void beforeEach(ExtensionContext context) throws IOException {
		this.directory = Files.createTempDirectory("pingora-upgrade");
	}

	Path directory() {
		return this.directory;
	}

	UpgradeSocket socket() {
		return new UpgradeSocket(this.directory.resolve("upgrade.sock"), false);
	}

	Predecessor listen() {
		return Predecessor.listen(socket(), TIMEOUTS);
	}

	Successor connect(int generation, String more) throws InterruptedException {
		return Successor.await(socket(), TIMEOUTS, generation, more, BackgroundWork.NONE, Compatibility.NONE);
	}

	List<InheritedSocket> open(int count) {
		List<InheritedSocket> sockets = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			sockets.add(listening("127.0.0.1:0"));
		}
		return sockets;
	}

	InheritedSocket listening(String address) {
		ListeningSocket socket = new ListeningSockets(List.of()).claim(ListenAddress.parse(address),
				SocketOptions.DEFAULT);
		InheritedSocket open = new InheritedSocket(socket.address().toString(), socket.descriptor());
		this.opened.add(open);
		return open;
	}

	List<InheritedSocket> receive(Predecessor predecessor) {
		List<InheritedSocket> received = predecessor.sockets();
		this.opened.addAll(received);
		return received;
	}

	static List<String> names(List<InheritedSocket> sockets) {
		return sockets.stream().map(InheritedSocket::name).toList();
	}

	/**
	 * Return how many descriptors of this process are that file.
	 */
	static long open(Path file) {
		return open(file.toAbsolutePath().toString());
	}

	/**
	 * Return how many descriptors of this process lead there.
	 */
	static long open(String target) {
		return descriptors().stream().filter(target::equals).count();
	}

	/**
	 * Return where the descriptors of this process lead.
	 */
	static List<String> descriptors() {
		try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
			return links.map(UpgradeFixture::target).toList();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	static <T> CompletableFuture<T> async(Callable<T> task) {
		CompletableFuture<T> future = new CompletableFuture<>();
		new Thread(() -> {
			try {
				future.complete(task.call());
			}
			catch (Exception ex) {
				future.completeExceptionally(ex);
			}
		}, "other-process").start();
		return future;
	}

	@Override
	public void afterEach(ExtensionContext context) throws IOException {
		this.opened.forEach(InheritedSocket::close);
		try (Stream<Path> files = Files.walk(this.directory)) {
			files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach((file) -> file.delete());
		}
	}

}
