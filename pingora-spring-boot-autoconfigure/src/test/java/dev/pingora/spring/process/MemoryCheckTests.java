package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemoryCheck}.
 */
class MemoryCheckTests {

	private static final long MEGABYTE = 1024 * 1024;

	@TempDir
	private Path root;

	@Test
	void leastOfMachineAndControlGroupsIsAvailable() throws IOException {
		write("proc/meminfo", "MemTotal: 4096000 kB\nMemAvailable:  2048000 kB\n");
		assertThat(available()).isEqualTo(2000);
		write("proc/self/cgroup", "0::/app.slice/app\n");
		write("sys/fs/cgroup/app.slice/memory.max", "1048576000\n");
		write("sys/fs/cgroup/app.slice/memory.current", "524288000\n");
		write("sys/fs/cgroup/app.slice/memory.stat", "anon 3\ninactive_file 104857600\nactive_file 7\n");
		assertThat(available()).isEqualTo(600);
		write("sys/fs/cgroup/app.slice/app/memory.max", "max\n");
		write("sys/fs/cgroup/app.slice/app/memory.current", "524288000\n");
		assertThat(available()).isEqualTo(600);
		write("sys/fs/cgroup/app.slice/app/memory.max", "629145600\n");
		assertThat(available()).isEqualTo(100);
	}

	@Test
	void containerSeesItsOwnGroupAtTheTop() throws IOException {
		write("proc/self/cgroup", "0::/kubepods/pod1/container\n");
		write("sys/fs/cgroup/memory.max", "536870912\n");
		write("sys/fs/cgroup/memory.current", "268435456\n");
		assertThat(available()).isEqualTo(256);
	}

	@Test
	void firstVersionOfControlGroupsIsKnownToo() throws IOException {
		write("proc/self/cgroup", "5:cpu:/x\n4:hugetlb,memory:/docker/abc\n");
		write("sys/fs/cgroup/memory/memory.limit_in_bytes", "314572800\n");
		write("sys/fs/cgroup/memory/memory.usage_in_bytes", "104857600\n");
		write("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 10485760\n");
		assertThat(available()).isEqualTo(210);
	}

	@Test
	void refusalSaysTheNumbers() throws IOException {
		write("proc/meminfo", "MemAvailable: 102400 kB\n");
		MemoryCheck check = new MemoryCheck(this.root);
		assertThat(check.refusal(60 * MEGABYTE, 40 * MEGABYTE)).isEmpty();
		assertThat(check.refusal(256 * MEGABYTE, 56 * MEGABYTE)).hasValueSatisfying(
				(reason) -> assertThat(reason).contains("about 312 MB", "heap 256 MB", "other 56 MB", "and 100 MB"));
	}

	@Test
	void nothingIsRefusedWhereTheKernelDoesNotSay() {
		assertThat(new MemoryCheck(this.root).refusal(Long.MAX_VALUE / 2, 0)).isEmpty();
	}

	private long available() {
		return new MemoryCheck(this.root).available().orElseThrow() / MEGABYTE;
	}

	private void write(String file, String content) throws IOException {
		Path path = this.root.resolve(file);
		Files.createDirectories(path.getParent());
		Files.writeString(path, content);
	}

}
