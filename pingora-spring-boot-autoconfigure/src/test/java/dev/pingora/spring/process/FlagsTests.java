package dev.pingora.spring.process;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Flags}.
 */
class FlagsTests {

	@ParameterizedTest
	@ValueSource(strings = { "-u", "--upgrade", "--server.port=1 -u", "-u file.txt --x=-y", "-u -u",
			"--spring.profiles.active=a,b @file -u" })
	void successorIsAskedForAnywhereOnTheCommandLine(String arguments) {
		assertThat(Flags.parse(arguments.split(" ")).upgrade()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "--upgraded", "--pingora.upgrade.sock=/run/u.sock", "upgrade", "-- -u" })
	void everythingElseIsForTheApplication(String arguments) {
		assertThat(Flags.parse(arguments.split(" ")).upgrade()).isFalse();
	}

	@Test
	void valueThatIsNoneIsRefused() {
		assertThatExceptionOfType(InvalidFlagException.class).isThrownBy(() -> Flags.parse("--upgrade=maybe"))
			.withMessageContaining("maybe");
	}

}
