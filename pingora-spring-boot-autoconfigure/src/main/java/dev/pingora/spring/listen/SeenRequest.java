package dev.pingora.spring.listen;

import org.jspecify.annotations.Nullable;

/**
 * A request that was answered with success, as far as it may be sent again: its method,
 * its target, and in which forms its client takes the answer.
 *
 * @param method GET or HEAD
 * @param target the path, with the query string where these are noted
 * @param accept its header {@code Accept}, or {@code null}
 * @param acceptEncoding its header {@code Accept-Encoding}, or {@code null}
 */
public record SeenRequest(String method, String target, @Nullable String accept, @Nullable String acceptEncoding) {
}
