/**
 * How one JVM hands its listening sockets to the next.
 */
@NullMarked
package dev.pingora.spring.upgrade;

import org.jspecify.annotations.NullMarked;
