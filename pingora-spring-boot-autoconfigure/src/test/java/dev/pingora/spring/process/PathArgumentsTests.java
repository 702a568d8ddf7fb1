package dev.pingora.spring.process;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PathArguments}.
 */
class PathArgumentsTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "-jar app.jar -d | -jar /old/app.jar -d",
			"-jar /opt/app.jar -du -c a.yml | -jar /opt/app.jar -du -c /old/a.yml",
			"-cp a.jar:/b.jar:c Main --conf a.yml | -cp /old/a.jar:/b.jar:/old/c Main --conf /old/a.yml",
			"-Dx=y @args -Xmx1g -jar app.jar -duc a.yml | -Dx=y @/old/args -Xmx1g -jar /old/app.jar -duc /old/a.yml",
			"-javaagent:a.jar=x=y -jar b.jar --conf=a.yml | -javaagent:/old/a.jar=x=y -jar /old/b.jar --conf=/old/a.yml",
			"-XX:AOTCache=a.aot -jar b.jar -c./a.yml | -XX:AOTCache=/old/a.aot -jar /old/b.jar -c/old/./a.yml",
			"-jar b.jar -cp x @bob -config y --x=a.yml | -jar /old/b.jar -cp x @bob -config y --x=a.yml",
			"--class-path=a:b Main -jar x | --class-path=/old/a:/old/b Main -jar x" })
	void pathsOfTheJvmAndTheConfigurationAreMadeAbsolute(String arguments, String absolute) {
		assertThat(PathArguments.absolute(List.of(arguments.split(" ")), Path.of("/old")))
			.isEqualTo(List.of(absolute.split(" ")));
	}

}
