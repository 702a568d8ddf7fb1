/**
 * What clients feel of an upgrade, at a constant rate.
 */
@NullMarked
package dev.pingora.bench;

import org.jspecify.annotations.NullMarked;
