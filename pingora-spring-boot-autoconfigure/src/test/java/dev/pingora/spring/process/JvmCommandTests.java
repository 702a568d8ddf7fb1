package dev.pingora.spring.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JvmCommand}.
 */
@Timeout(60)
class JvmCommandTests {

	private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

	@Test
	void ownCommandIsThatOfTheKernel() throws IOException {
		JvmCommand command = JvmCommand.ofThisProcess();
		assertThat(command.executable()).isEqualTo(JAVA.toRealPath());
		assertThat(command.arguments()).isNotEmpty();
	}

	@Test
	void everyArgumentArrivesInTheProcessThatIsStartedAgain() throws Exception {
		String longOne = "x".repeat(5000);
		assertThat(again("-Da=b c", "", "--text=ümläut\nand \"quotes\"", longOne))
			.isEqualTo(List.of("", "--text=ümläut\nand \"quotes\"", longOne, "-u").toString());
	}

	@Test
	void argumentFileIsNamedAgain(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("arguments"), "-Da=b");
		assertThat(again("@" + file, "-d")).isEqualTo("[-d, -u]");
	}

	@Test
	void flagComesBeforeTheEndOfTheFlags() {
		JvmCommand command = new JvmCommand(JAVA, List.of("-jar", "app.jar", "--", "name"));
		assertThat(command.with("-u").arguments()).containsExactly("-jar", "app.jar", "-u", "--", "name");
	}

	/**
	 * Run a JVM that runs itself again, and return what the second one has got.
	 */
	private static String again(String jvmArgument, String... arguments) throws Exception {
		JvmCommand command = new JvmCommand(JAVA,
				List.of(jvmArgument, "-cp", System.getProperty("java.class.path"), Again.class.getName()));
		for (String argument : arguments) {
			command = command.with(argument);
		}
		ProcessBuilder builder = command.toProcess().redirectErrorStream(true);
		builder.environment().put("LC_ALL", "C.UTF-8");
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
		return output;
	}

	/**
	 * Starts its own command once more, which prints its arguments.
	 */
	public static final class Again {

		private Again() {
		}

		public static void main(String[] arguments) throws Exception {
			if (System.getenv("AGAIN") != null) {
				System.out.writeBytes(List.of(arguments).toString().getBytes(StandardCharsets.UTF_8));
				return;
			}
			ProcessBuilder builder = JvmCommand.ofThisProcess().with("-u").toProcess().inheritIO();
			builder.environment().put("AGAIN", "true");
			System.exit(builder.start().waitFor());
		}

	}

}
