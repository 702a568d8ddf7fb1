/**
 * What an application serves: a name and a handler.
 */
@NullMarked
package dev.pingora.spring.service;

import org.jspecify.annotations.NullMarked;
