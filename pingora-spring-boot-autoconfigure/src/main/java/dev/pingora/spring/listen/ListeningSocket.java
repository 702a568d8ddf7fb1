package dev.pingora.spring.listen;

/**
 * A socket that listens, whoever opened it.
 *
 * @param name the address as it was configured, which is what a successor knows it by
 * @param address the address that the kernel has bound
 * @param descriptor the non-blocking descriptor in this process
 * @param inherited whether a predecessor opened it
 */
public record ListeningSocket(ListenAddress name, ListenAddress address, int descriptor, boolean inherited) {
}
