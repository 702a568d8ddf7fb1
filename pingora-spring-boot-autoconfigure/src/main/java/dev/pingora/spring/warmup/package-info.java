/**
 * Requests that a server sends to itself before it accepts, so that nobody else meets a
 * cold JVM.
 */
@NullMarked
package dev.pingora.spring.warmup;

import org.jspecify.annotations.NullMarked;
