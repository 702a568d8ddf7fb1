/**
 * The application's own web server on Reactor Netty as a listener of ours.
 */
@NullMarked
package dev.pingora.spring.web.netty;

import org.jspecify.annotations.NullMarked;
