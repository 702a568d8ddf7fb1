/**
 * Two services that survive the upgrade of their JVM.
 */
@NullMarked
package dev.pingora.sample;

import org.jspecify.annotations.NullMarked;
