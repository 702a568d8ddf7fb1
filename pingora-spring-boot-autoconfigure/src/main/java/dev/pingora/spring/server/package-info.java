/**
 * Starts services on listeners, hands them over, drains them: the order of things.
 */
@NullMarked
package dev.pingora.spring.server;

import org.jspecify.annotations.NullMarked;
