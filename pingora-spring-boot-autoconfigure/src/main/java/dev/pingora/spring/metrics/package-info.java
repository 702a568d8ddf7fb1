/**
 * What Micrometer sees of a server.
 */
@NullMarked
package dev.pingora.spring.metrics;

import org.jspecify.annotations.NullMarked;
