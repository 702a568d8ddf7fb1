/**
 * One address, one listening socket, and the connections that came in through it.
 */
@NullMarked
package dev.pingora.spring.listen;

import org.jspecify.annotations.NullMarked;
