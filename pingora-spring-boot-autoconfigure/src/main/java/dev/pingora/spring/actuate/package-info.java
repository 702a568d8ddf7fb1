/**
 * What Actuator shows of a server and lets an operator do.
 */
@NullMarked
package dev.pingora.spring.actuate;

import org.jspecify.annotations.NullMarked;
