package dev.pingora.spring.web.mvc;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.pingora.spring.server.ExecutionPhase;
import dev.pingora.spring.server.ExecutionPhaseListener;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;

/**
 * The server-sent events of Spring MVC, each of which is ended as a whole response when
 * the drain has lasted too long for them.
 */
public final class EndlessResponses implements DeferredResultProcessingInterceptor, ExecutionPhaseListener {

	private final Map<DeferredResult<?>, NativeWebRequest> open = new ConcurrentHashMap<>();

	private final Executor deadline;

	private volatile boolean draining;

	/**
	 * Create the responses, of which there are none yet.
	 * @param streamTimeout how long they may go on in a drain
	 */
	public EndlessResponses(Duration streamTimeout) {
		this.deadline = CompletableFuture.delayedExecutor(streamTimeout.toMillis(), TimeUnit.MILLISECONDS,
				(task) -> new Thread(task, "pingora-streams").start());
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, DeferredResult<T> result) {
		this.open.put(result, request);
		if (this.draining) {
			this.deadline.execute(() -> end(result, request));
		}
	}

	@Override
	public <T> void afterCompletion(NativeWebRequest request, DeferredResult<T> result) {
		this.open.remove(result);
	}

	@Override
	public void onPhase(ExecutionPhase phase) {
		this.draining = phase == ExecutionPhase.DRAINING;
		if (this.draining) {
			this.deadline.execute(() -> this.open.forEach(this::end));
		}
	}

	/**
	 * End a response as its application would. What the application sends later fails.
	 */
	private void end(DeferredResult<?> result, NativeWebRequest request) {
		if (this.draining && this.open.containsKey(result) && isEndless(request)) {
			result.setResult(null);
		}
	}

	private static boolean isEndless(NativeWebRequest request) {
		HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
		String type = (response != null) ? response.getContentType() : null;
		return type != null && type.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE);
	}

}
