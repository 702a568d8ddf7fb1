package dev.pingora.spring.listen;

import java.time.Duration;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HttpDeferredClose}, for what two real processes meet once in many
 * thousands of requests.
 */
class HttpDeferredCloseTests {

	private final Connections connections = new Connections();

	private final EmbeddedChannel channel = new EmbeddedChannel(new HttpDeferredClose(this.connections));

	private final HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");

	@Test
	void requestStaysWholeWhenItsConnectionStaysAfterAll() {
		this.connections.leave(1, Duration.ZERO);
		this.channel.pipeline().fireChannelRead(this.request);
		this.connections.goOn();
		this.channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void requestStaysWholeWhenItsConnectionBeginsToLeave() {
		this.channel.pipeline().fireChannelRead(this.request);
		this.connections.leave(1, Duration.ZERO);
		this.channel.pipeline().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.channel.inboundMessages()).containsExactly(this.request, LastHttpContent.EMPTY_LAST_CONTENT);
	}

}
