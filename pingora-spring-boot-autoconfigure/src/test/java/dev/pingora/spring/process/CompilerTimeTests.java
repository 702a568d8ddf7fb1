package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class CompilerTimeTests {

	@TempDir
	private Path threads;

	@Test
	void whatCompilersRanCountsAndNothingElse() throws Exception {
		has(1, "C1 CompilerThre", "100 20 3");
		has(2, "C2 CompilerThre", "1000 3000 7");
		has(3, "main", "70000 0 1");
		assertThat(new CompilerTime(this.threads).nanos()).isEqualTo(1100);
	}

	@Test
	void compilerThatHasEndedCountsOn() throws Exception {
		CompilerTime time = new CompilerTime(this.threads);
		has(1, "C1 CompilerThre", "100 20 3");
		has(2, "C2 CompilerThre", "1000 3000 7");
		assertThat(time.nanos()).isEqualTo(1100);
		FileSystemUtils.deleteRecursively(this.threads.resolve("2"));
		has(1, "C1 CompilerThre", "101 22 4");
		assertThat(time.nanos()).isEqualTo(1101);
	}

	@ParameterizedTest
	@ValueSource(strings = { "none", "." })
	void jvmSaysWhereTheKernelDoesNot(String directory) throws Exception {
		has(1, "C2 CompilerThre", "0 0 0");
		CompilerTime time = new CompilerTime(this.threads.resolve(directory));
		assertThat(time.nanos()).isPositive();
	}

	@Test
	void thisJvmHasCompiled() {
		CompilerTime time = new CompilerTime();
		await().until(() -> time.nanos() > 0);
	}

	private void has(int id, String name, String statistics) throws IOException {
		Path thread = Files.createDirectories(this.threads.resolve(Integer.toString(id)));
		Files.writeString(thread.resolve("comm"), name + "\n");
		Files.writeString(thread.resolve("schedstat"), statistics + "\n");
	}

}
