/**
 * The application's own web server on Tomcat as a listener of ours.
 */
@NullMarked
package dev.pingora.spring.web.tomcat;

import org.jspecify.annotations.NullMarked;
