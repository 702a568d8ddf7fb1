package dev.pingora.spring.process;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Flags}.
 */
class FlagsTests {

	@ParameterizedTest
	@ValueSource(strings = { "-u", "--upgrade", "--server.port=1 -u", "-u file.txt --x=-y", "-u -u",
			"--spring.profiles.active=a,b @file -u", "-du", "-ud", "-tuc a.yml", "--upgrade=true" })
	void successorIsAskedForAnywhereOnTheCommandLine(String arguments) {
		assertThat(parse(arguments).upgrade()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "--upgraded", "--pingora.upgrade.sock=/run/u.sock", "upgrade", "-- -u", "-url=x",
			"-dux", "-Du", "u", "-dcu", "--config=-u", "-- -c" })
	void everythingElseIsForTheApplication(String arguments) {
		assertThat(parse(arguments).upgrade()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "-du,true,false,true", "-d,true,false,false", "--daemon --test,true,true,false", "-t,false,true,false",
			"-debug,false,false,false", "-tu,false,true,true" })
	void shortFlagsCombine(String arguments, boolean daemon, boolean test, boolean upgrade) {
		Flags flags = parse(arguments);
		assertThat(flags.daemon()).isEqualTo(daemon);
		assertThat(flags.test()).isEqualTo(test);
		assertThat(flags.upgrade()).isEqualTo(upgrade);
	}

	@Test
	void helpAndVersionAreAskedFor() {
		assertThat(parse("-h").help()).isTrue();
		assertThat(parse("--help").version()).isFalse();
		assertThat(parse("-V").version()).isTrue();
		assertThat(parse("--version").help()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-c ./a.yml", "--conf ./a.yml", "--conf=./a.yml", "-c./a.yml", "-c=./a.yml",
			"-duc ./a.yml", "-tc./a.yml --server.port=1", "x -c ./a.yml -d" })
	void configurationFileIsGiven(String arguments) {
		assertThat(parse(arguments).configuration()).contains(Path.of("./a.yml"));
	}

	@Test
	void configurationFileIsMissingWithoutTheFlag() {
		assertThat(parse("--config=a.yml a.yml -classpath").configuration()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "--upgrade=maybe", "-d=x", "-c", "--conf", "-dc", "-c -d", "-c a.yml -c b.yml",
			"-c --server.port=1", "--conf=", "--help=me" })
	void flagThatMakesNoSenseIsRefusedAndNamed(String arguments) {
		String flag = arguments.replaceAll("[= ].*", "");
		String named = switch (flag) {
			case "-d" -> "--daemon";
			case "-c", "-dc" -> "--conf";
			default -> flag;
		};
		assertThatExceptionOfType(InvalidFlagException.class).isThrownBy(() -> parse(arguments))
			.withMessageContaining(named);
	}

	@Test
	void helpNamesEveryFlag() {
		assertThat(Flags.usage("java -jar app.jar"))
			.isEqualTo("Usage: java -jar app.jar [-dtuhV] [-c FILE] [ARGUMENT...]");
		assertThat(Flags.help("app")).contains("-d, --daemon", "-t, --test", "-c, --conf=FILE", "-u, --upgrade",
				"-h, --help", "-V, --version");
	}

	private static Flags parse(String arguments) {
		return Flags.parse(arguments.split(" "));
	}

}
