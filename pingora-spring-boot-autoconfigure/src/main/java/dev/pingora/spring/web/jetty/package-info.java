/**
 * The application's own web server on Jetty as a listener of ours.
 */
@NullMarked
package dev.pingora.spring.web.jetty;

import org.jspecify.annotations.NullMarked;
