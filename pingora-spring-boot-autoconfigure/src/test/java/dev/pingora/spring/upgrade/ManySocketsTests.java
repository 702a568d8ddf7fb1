package dev.pingora.spring.upgrade;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for hand-overs that do not fit into one message.
 */
@Timeout(60)
class ManySocketsTests {

	@RegisterExtension
	private final UpgradeFixture upgrade = new UpgradeFixture();

	@Test
	void thousandSocketsAreHandedOverWithTheirCounts() throws Exception {
		String counts = IntStream.range(0, 1000)
			.mapToObj((i) -> "count:connections%%7Cservice-%d%%7C127.0.0.1%%3A%d%%7Caccepted=%d".formatted(i, i, i))
			.collect(Collectors.joining(" "))
			.repeat(4);
		assertThat(counts).hasSizeGreaterThan(200_000);
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(1, "")) {
			List<InheritedSocket> sent = this.upgrade.open(1000);
			successor.handOver(sent);
			List<InheritedSocket> received = this.upgrade.receive(predecessor);
			assertThat(received).extracting(InheritedSocket::name).isEqualTo(UpgradeFixture.names(sent));
			assertThat(received).allMatch(InheritedSocket::isListening);
			CompletableFuture<String> word = UpgradeFixture.async(() -> predecessor.awaitCommit(Duration.ZERO));
			successor.awaitPrepared();
			UpgradeFixture.async(() -> successor.commit(() -> counts));
			assertThat(word.get(20, TimeUnit.SECONDS)).isEqualTo(counts);
		}
	}

	@Test
	void longestPathsAreHandedOver() throws Exception {
		int length = 107 - this.upgrade.directory().toString().length() - 1;
		List<InheritedSocket> sent = new ArrayList<>();
		for (int i = 10; i < 60; i++) {
			sent.add(this.upgrade.listening("unix:" + this.upgrade.directory().resolve(i + "x".repeat(length - 2))));
		}
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(1, "")) {
			successor.handOver(sent);
			assertThat(this.upgrade.receive(predecessor)).extracting(InheritedSocket::name)
				.isEqualTo(UpgradeFixture.names(sent));
		}
	}

	@Test
	void nameThatFitsIntoNoMessageIsRefusedBeforeAnythingIsSent() throws Exception {
		try (Predecessor predecessor = this.upgrade.listen(); Successor successor = this.upgrade.connect(1, "")) {
			InheritedSocket socket = new InheritedSocket("x".repeat(3000), this.upgrade.open(1).get(0).descriptor());
			assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> successor.handOver(List.of(socket)))
				.withMessage("The name of a socket takes 3001 bytes, more than a message holds");
			assertThat(predecessor.hasConnected()).isFalse();
		}
	}

}
