package dev.pingora.spring.server;

/**
 * The other process of an upgrade.
 *
 * @param pid its process id
 * @param state what it does
 */
public record PeerReport(long pid, PeerState state) {
}
