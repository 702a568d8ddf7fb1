package dev.pingora.spring.process;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Identity}.
 */
class IdentityTests {

	@Test
	void userAndGroupAreThoseOfThisMachine() throws Exception {
		String[] nobody = Files.readAllLines(Path.of("/etc/passwd"))
			.stream()
			.filter((line) -> line.startsWith("nobody:"))
			.findFirst()
			.orElseThrow()
			.split(":");
		Identity identity = Identity.of("nobody", null);
		assertThat(identity.uid()).isEqualTo(Integer.parseInt(nobody[2]));
		assertThat(identity.gid()).isEqualTo(Integer.parseInt(nobody[3]));
		assertThat(Identity.of("nobody", "root").gid()).isZero();
		assertThat(identity.isOwn()).isFalse();
	}

	@Test
	void ownIdentityIsPossibleForEverybody() {
		Identity own = Identity.of(null, null);
		assertThat(own.isOwn()).isTrue();
		assertThat(own.isPossible()).isTrue();
		assertThatNoException().isThrownBy(own::assume);
	}

	@Test
	void whatThisMachineDoesNotKnowIsNamed() {
		assertThatExceptionOfType(UnknownIdentityException.class).isThrownBy(() -> Identity.of("no-such-user", null))
			.withMessage("There is no user 'no-such-user'");
		assertThatExceptionOfType(UnknownIdentityException.class)
			.isThrownBy(() -> Identity.of("nobody", "no-such-group"))
			.withMessage("There is no group 'no-such-group'");
	}

}
