/**
 * This JVM as a Unix process: command line, signals and exit.
 */
@NullMarked
package dev.pingora.spring.process;

import org.jspecify.annotations.NullMarked;
