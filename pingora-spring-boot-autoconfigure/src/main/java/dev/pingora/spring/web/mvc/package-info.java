/**
 * Responses of Spring MVC that would never end by themselves.
 */
@NullMarked
package dev.pingora.spring.web.mvc;

import org.jspecify.annotations.NullMarked;
