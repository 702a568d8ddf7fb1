package dev.pingora.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Measures each contender under the same load, with an upgrade in its middle.
 */
public final class Benchmark {

	private static final int LIGHT_RATE = 200;

	private static final int SETTLE_SECONDS = 3;

	private final Options options;

	private final Path directory;

	private int rate;

	private Benchmark(Options options, Path directory) {
		this.options = options;
		this.directory = directory;
		this.rate = options.rate();
	}

	/**
	 * Measure, print the table, and write it with a picture.
	 * @param args the options, which {@code bench/README.md} describes
	 * @throws IOException if a contender cannot be started, or nothing can be written
	 * @throws InterruptedException if the measurement is called off
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args);
		Path directory = Files.createTempDirectory("pingora-bench");
		List<String> missing = new Benchmark(options, directory).run();
		if (!missing.isEmpty()) {
			System.out.printf("Not measured, because not installed: %s (apt-get install %s)%n", missing,
					String.join(" ", missing));
			System.exit(2);
		}
	}

	private List<String> run() throws IOException, InterruptedException {
		List<Result> results = new ArrayList<>();
		List<String> missing = new ArrayList<>();
		for (String name : this.options.contenders()) {
			Contender contender = contender(name);
			if (contender == null) {
				missing.add(name);
			}
			else {
				results.add(measure(contender));
				System.out.print(Table.of(results.subList(results.size() - 1, results.size())));
			}
		}
		write(results, missing);
		return missing;
	}

	private @Nullable Contender contender(String name) throws IOException {
		Path own = Files.createDirectory(this.directory.resolve(name));
		return switch (name) {
			case "cold" -> OursContender.cold(own);
			case "default" -> OursContender.byDefault(own, this.options.servers());
			case "plain" -> new PlainContender(own);
			case "nginx" -> Programs.exists(name) ? new NginxContender(own) : null;
			case "haproxy" -> Programs.exists(name) ? new HaproxyContender(own) : null;
			default -> throw new IllegalArgumentException("There is no contender '%s'".formatted(name));
		};
	}

	private Result measure(Contender contender) throws IOException, InterruptedException {
		int port = freePort();
		try {
			contender.start(port);
			int warmUp = contender.warmUp(this.options.warmUp());
			if (contender.inherits()) {
				Load.asMuchAsPossible(port).lasting(warmUp).finish();
				upgrade(contender, port);
			}
			List<Run> runs = new ArrayList<>();
			while (runs.size() < this.options.upgrades()) {
				Load.asMuchAsPossible(port).lasting(warmUp).finish();
				if (this.rate == 0) {
					this.rate = Capacity.of(port) / 2;
				}
				runs.add(run(contender, port));
			}
			return new Result(contender.title(), contender.version(), runs);
		}
		finally {
			contender.end();
		}
	}

	private Run run(Contender contender, int port) throws IOException, InterruptedException {
		System.out.printf("%s (%s), %d requests in a second%n", contender.title(), contender.version(), this.rate);
		try (Load load = Load.atRate(port, this.rate)) {
			load.lasting(SETTLE_SECONDS + this.options.seconds());
			Set<Long> old = load.answeredBy();
			long begun = System.nanoTime();
			contender.upgrade();
			Programs.await("an answer of a new process", () -> !old.containsAll(load.answeredBy()));
			return Run.of(begun, load.lasting(this.options.seconds()).finish());
		}
	}

	/**
	 * Upgrade under a light load, and return when only the new process answers.
	 */
	private static void upgrade(Contender contender, int port) throws IOException, InterruptedException {
		try (Load load = Load.atRate(port, LIGHT_RATE)) {
			load.lasting(1);
			Set<Long> old = load.answeredBy();
			contender.upgrade();
			Programs.await("answers of the new process alone",
					() -> Collections.disjoint(old, load.answeredBy()) && !load.answeredBy().isEmpty());
			load.finish();
		}
	}

	private void write(List<Result> results, List<String> missing) throws IOException {
		String name = "jdk-" + Runtime.version().feature();
		String caption = "%s; %d requests in a second".formatted(Machine.describe(), this.rate);
		String versions = results.stream()
			.map((result) -> "- %s: %s%n".formatted(result.title(), result.version()))
			.collect(Collectors.joining());
		String absent = missing.isEmpty() ? "" : "%nNot installed and not measured: %s%n".formatted(missing);
		Files.createDirectories(this.options.out());
		Files.writeString(this.options.out().resolve(name + ".md"),
				"%s. Latency in ms.%n%n%s%n%s%s".formatted(caption, Table.of(results), versions, absent));
		Files.writeString(this.options.out().resolve(name + ".svg"), Chart.of(results, caption));
		System.out.printf("%n%s%n%n%s%n%sWritten to %s%n", caption, Table.of(results), versions, this.options.out());
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
