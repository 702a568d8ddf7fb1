package dev.pingora.spring.upgrade;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import dev.pingora.spring.listen.InheritedSocket;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketBatch}.
 */
class SocketBatchTests {

	@Test
	void oneMessageIsThatOfPingoraByteForByte() {
		List<InheritedSocket> sockets = List.of(new InheritedSocket("0.0.0.0:6188", 5),
				new InheritedSocket("[::]:6189", 6), new InheritedSocket("/run/app.sock", 7));
		assertThat(SocketBatch.split(sockets)).singleElement()
			.extracting(SocketBatch::text)
			.isEqualTo("0.0.0.0:6188 [::]:6189 /run/app.sock");
	}

	@Test
	void manySocketsTravelInMessagesThatPingoraCouldTake() {
		List<InheritedSocket> sockets = sockets(1000, "127.0.0.1:%d");
		List<SocketBatch> batches = SocketBatch.split(sockets);
		assertThat(batches).hasSize(32).allSatisfy((batch) -> assertThat(batch.sockets()).hasSizeLessThanOrEqualTo(32));
		assertThat(batches.stream().flatMap((batch) -> batch.sockets().stream())).isEqualTo(sockets);
		assertThat(batches.get(0).text()).endsWith(" +968");
		assertThat(batches.get(31).text()).doesNotContain("+");
	}

	@Test
	void longNamesTravelInMoreMessages() {
		List<SocketBatch> batches = SocketBatch.split(sockets(32, "/" + "x".repeat(100) + "%d"));
		assertThat(batches).hasSize(2)
			.allSatisfy((batch) -> assertThat(batch.text().getBytes(StandardCharsets.UTF_8))
				.hasSizeLessThanOrEqualTo(2048));
	}

	@Test
	void textIsReadAsItIsWritten() {
		SocketBatch batch = new SocketBatch(sockets(3, "127.0.0.1:%d"), 40);
		assertThat(SocketBatch.parse(batch.text(), new int[] { 0, 1, 2 })).isEqualTo(batch);
		SocketBatch none = SocketBatch.split(List.of()).get(0);
		assertThat(none.text()).isEqualTo("+0");
		assertThat(SocketBatch.parse("+0", new int[0])).isEqualTo(none);
	}

	@Test
	void namesThatDoNotMatchTheDescriptorsAreRefused() {
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> SocketBatch.parse("a b", new int[] { 1 }))
			.withMessage("The other process named 2 sockets and sent 1 descriptors");
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> SocketBatch.parse("a +x", new int[] { 1 }))
			.withMessageContaining("'+x'");
		assertThatExceptionOfType(UpgradeException.class).isThrownBy(() -> SocketBatch.parse("a +-1", new int[] { 1 }))
			.withMessageContaining("'+-1'");
	}

	private static List<InheritedSocket> sockets(int count, String format) {
		return IntStream.range(0, count).mapToObj((i) -> new InheritedSocket(format.formatted(i), i)).toList();
	}

}
