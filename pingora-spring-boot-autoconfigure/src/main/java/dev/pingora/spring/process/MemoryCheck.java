package dev.pingora.spring.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether there is memory for a second JVM like this one: the kernel's MemAvailable, and
 * the limits of the control groups that this process is in (cgroup v2 and v1).
 */
public final class MemoryCheck {

	private static final long MEGABYTE = 1024 * 1024;

	private static final Pattern CGROUP_V2 = Pattern.compile("0::(/.*)");

	private static final Pattern CGROUP_V1 = Pattern.compile("\\d+:(?:.*,)?memory(?:,.*)?:(/.*)");

	private final Path root;

	/**
	 * Create a check of this machine.
	 */
	public MemoryCheck() {
		this(Path.of("/"));
	}

	MemoryCheck(Path root) {
		this.root = root;
	}

	/**
	 * Say why a second JVM does not fit beside this one.
	 * @return the reason with its numbers, or empty where it fits or nothing is known
	 */
	public Optional<String> refusal() {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		return refusal(memory.getHeapMemoryUsage().getCommitted(), memory.getNonHeapMemoryUsage().getCommitted());
	}

	Optional<String> refusal(long heap, long other) {
		Optional<Long> available = available();
		if (available.isEmpty() || available.get() >= heap + other) {
			return Optional.empty();
		}
		return Optional.of(("a second JVM needs about %d MB beside this one (heap %d MB, other %d MB), and %d MB are "
				+ "available (the least of MemAvailable and what the control groups leave)")
			.formatted((heap + other) / MEGABYTE, heap / MEGABYTE, other / MEGABYTE, available.get() / MEGABYTE));
	}

	/**
	 * Return how much memory can still be used.
	 * @return the bytes, or empty where the kernel does not say
	 */
	Optional<Long> available() {
		Optional<Long> available = memAvailable();
		for (String line : lines("proc/self/cgroup")) {
			Matcher second = CGROUP_V2.matcher(line);
			Matcher first = CGROUP_V1.matcher(line);
			if (second.matches()) {
				available = least(available, left("sys/fs/cgroup", second.group(1), "memory.max", "memory.current"));
			}
			else if (first.matches()) {
				available = least(available,
						left("sys/fs/cgroup/memory", first.group(1), "memory.limit_in_bytes", "memory.usage_in_bytes"));
			}
		}
		return available;
	}

	private Optional<Long> memAvailable() {
		return lines("proc/meminfo").stream()
			.filter((line) -> line.startsWith("MemAvailable:"))
			.map((line) -> Long.parseLong(line.split("\\s+")[1]) * 1024)
			.findFirst();
	}

	/**
	 * Return what the limits of a control group and of those above it leave. In a
	 * container the group's path may not exist below the mount, where its top is then the
	 * container's own.
	 */
	private Optional<Long> left(String mount, String group, String limit, String usage) {
		Optional<Long> left = Optional.empty();
		Path top = this.root.resolve(mount);
		Path path = top.resolve(group.substring(1)).normalize();
		for (Path at = path; at != null && at.startsWith(top); at = at.getParent()) {
			Optional<Long> max = number(at.resolve(limit));
			Optional<Long> current = number(at.resolve(usage));
			if (max.isPresent() && current.isPresent()) {
				left = least(left, Optional.of(Math.max(0, max.get() - current.get() + inactiveFile(at))));
			}
		}
		return left;
	}

	/**
	 * Return the memory of a group that holds files not read lately, which the kernel
	 * gives up first.
	 */
	private static long inactiveFile(Path group) {
		return lines(group.resolve("memory.stat")).stream()
			.filter((line) -> line.startsWith("inactive_file ") || line.startsWith("total_inactive_file "))
			.mapToLong((line) -> Long.parseLong(line.split(" ")[1]))
			.max()
			.orElse(0);
	}

	private static Optional<Long> number(Path file) {
		return lines(file).stream().filter((line) -> line.matches("\\d{1,18}")).map(Long::valueOf).findFirst();
	}

	private List<String> lines(String file) {
		return lines(this.root.resolve(file));
	}

	private static List<String> lines(Path file) {
		try {
			return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
		}
		catch (IOException ex) {
			return List.of();
		}
	}

	private static Optional<Long> least(Optional<Long> one, Optional<Long> other) {
		return (one.isPresent() && other.isPresent()) ? Optional.of(Math.min(one.get(), other.get()))
				: one.or(() -> other);
	}

}
