package dev.pingora.spring.server;

import java.time.Duration;
import java.util.List;

import dev.pingora.spring.listen.ListenAddress;
import dev.pingora.spring.listen.Listener;
import dev.pingora.spring.listen.ListenerOptions;
import dev.pingora.spring.listen.SocketOptions;
import dev.pingora.spring.service.HttpService;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Which listeners accept at a start, and in which order.
 */
class StartOrderTests {

	private final StartOrder order = new StartOrder(new Readiness(), Duration.ofSeconds(20));

	private final Listener api = listener("api");

	private final Listener web = listener("web");

	@Test
	void thoseThatSomebodyElseAcceptsForAreOpenedLater() {
		this.order.plan(List.of(plan("api"), plan("web")));
		this.order.accept(List.of(this.api, this.web), List.of(this.api));
		then(this.api).should(never()).accept();
		then(this.web).should().accept();
	}

	@Test
	void allAcceptWhereOneWaitsForAnother() {
		this.order.plan(List.of(plan("web", "api"), plan("api")));
		this.order.accept(List.of(this.web, this.api), List.of(this.api, this.web));
		var calls = inOrder(this.api, this.web);
		calls.verify(this.api).accept();
		calls.verify(this.web).accept();
	}

	private static Listener listener(String service) {
		Listener listener = mock(Listener.class);
		given(listener.service()).willReturn(service);
		return listener;
	}

	private static ServicePlan plan(String name, String... dependsOn) {
		HttpService service = HttpService.of(name, (request, response) -> response.sendString(Mono.just(name)));
		return new ServicePlan(service, List.of(ListenAddress.parse("127.0.0.1:0")), SocketOptions.DEFAULT, 1,
				ListenerOptions.DEFAULT, List.of(dependsOn));
	}

}
