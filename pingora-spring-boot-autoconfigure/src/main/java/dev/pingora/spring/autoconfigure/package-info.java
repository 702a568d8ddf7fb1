/**
 * Turns {@code pingora.*} and beans into a running server.
 */
@NullMarked
package dev.pingora.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;
