/**
 * This JVM as a Unix process: command line, daemon, pid file, user, supervisor, signals
 * and exit.
 */
@NullMarked
package dev.pingora.spring.process;

import org.jspecify.annotations.NullMarked;
