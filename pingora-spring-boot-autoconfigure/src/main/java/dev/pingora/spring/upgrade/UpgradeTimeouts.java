package dev.pingora.spring.upgrade;

import java.time.Duration;

/**
 * How long the steps of an upgrade may take.
 *
 * @param receive how long a successor waits for the sockets, from its start
 * @param connect how long a predecessor waits for a successor to listen
 * @param ready how long a predecessor waits for a successor that has the sockets to be
 * prepared
 * @param answer how long each process waits for the other to answer a message
 */
public record UpgradeTimeouts(Duration receive, Duration connect, Duration ready, Duration answer) {
}
