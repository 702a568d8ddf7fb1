package dev.pingora.spring.listen;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.DoubleStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class ConnectionsTests {

	private final Connections connections = new Connections();

	@Test
	void connectionsLeaveWithTheShare() {
		double[] ranks = DoubleStream.generate(this.connections::rank).limit(100).toArray();
		assertThat(leaving(ranks)).isZero();
		leave(0);
		assertThat(leaving(ranks)).isZero();
		leave(0.25);
		assertThat(leaving(ranks)).isBetween(22L, 28L);
		leave(0.5);
		assertThat(leaving(ranks)).isBetween(47L, 53L);
		leave(1);
		assertThat(leaving(ranks)).isEqualTo(100);
	}

	@Test
	void connectionThatComesMeanwhileDoesNotLeaveAtOnce() {
		leave(0.9);
		double[] ranks = DoubleStream.generate(this.connections::rank).limit(100).toArray();
		assertThat(leaving(ranks)).isZero();
		leave(0.95);
		assertThat(leaving(ranks)).isBetween(46L, 54L);
	}

	@Test
	void nobodyLeavesWhenTheListenerGoesOn() {
		double rank = this.connections.rank();
		leave(1);
		this.connections.goOn();
		assertThat(this.connections.isLeaving(rank)).isFalse();
	}

	@Test
	void everyConnectionLeavesInADrain() {
		double rank = this.connections.rank();
		this.connections.drain(Duration.ZERO);
		assertThat(this.connections.isLeaving(rank)).isTrue();
	}

	@Test
	void connectionsLeaveInARehearsalAndStayAfterIt() {
		double rank = this.connections.rank();
		assertThat(this.connections.rehearseLeaving(() -> this.connections.isLeaving(rank) ? 200 : 500)).isEqualTo(200);
		assertThatIOException().isThrownBy(() -> this.connections.rehearseLeaving(() -> {
			throw new IOException("closed");
		}));
		assertThat(this.connections.isLeaving(rank)).isFalse();
		assertThat(this.connections.deferred()).isZero();
	}

	@Test
	void countsAddUpWhileConnectionsLeaveOneByOne() {
		open(3);
		leave(0);
		assertThat(this.connections.deferred()).isEqualTo(3);
		open(2);
		close(4);
		assertThat(this.connections.drained()).isEqualTo(3);
		this.connections.drain(Duration.ZERO);
		assertThat(this.connections.deferred()).isEqualTo(4);
		close(1);
		assertThat(this.connections.drained()).isEqualTo(4);
	}

	private void open(int count) {
		for (int i = 0; i < count; i++) {
			this.connections.opened();
		}
	}

	private void close(int count) {
		for (int i = 0; i < count; i++) {
			this.connections.closed();
		}
	}

	private void leave(double share) {
		this.connections.leave(share, Duration.ZERO);
	}

	private long leaving(double[] ranks) {
		return DoubleStream.of(ranks).filter(this.connections::isLeaving).count();
	}

}
