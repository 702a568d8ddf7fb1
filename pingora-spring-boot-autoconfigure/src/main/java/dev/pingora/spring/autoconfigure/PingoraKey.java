package dev.pingora.spring.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A key of Pingora's configuration file, its {@code ServerConf}.
 *
 * @param name the key
 * @param type what its value is, where it means something here
 * @param properties the properties that it stands for
 * @param reason why it means nothing here, where there are none
 */
record PingoraKey(String name, PingoraKey.Type type, List<String> properties, @Nullable String reason) {

	private static final String NO_UPSTREAMS = "this server has no upstreams and is no proxy";

	/**
	 * Every key, in Pingora's order.
	 */
	static final List<PingoraKey> ALL = List.of(mapped("version", Type.TEXT),
			mapped("daemon", Type.BOOLEAN, "pingora.daemon.enabled"),
			mapped("error_log", Type.TEXT, "pingora.error-log"), mapped("pid_file", Type.TEXT, "pingora.pid-file"),
			mapped("upgrade_sock", Type.TEXT, "pingora.upgrade.sock"), mapped("user", Type.TEXT, "pingora.user"),
			mapped("group", Type.TEXT, "pingora.group"),
			mapped("working_directory", Type.TEXT, "pingora.working-directory"),
			mapped("threads", Type.COUNT, "pingora.threads"),
			none("listener_tasks_per_fd", "one event loop accepts for each listener"),
			none("work_stealing", "a connection stays with its event loop"),
			none("ca_file", "set the trust material of a client in 'spring.ssl.bundle'"),
			none("s2n_config_cache_size", "TLS is not done by s2n"),
			mapped("grace_period_seconds", Type.SECONDS, "pingora.shutdown.grace-period",
					"pingora.upgrade.drain-timeout"),
			mapped("graceful_shutdown_timeout_seconds", Type.SECONDS, "spring.lifecycle.timeout-per-shutdown-phase"),
			none("client_bind_to_ipv4", NO_UPSTREAMS), none("client_bind_to_ipv6", NO_UPSTREAMS),
			none("upstream_keepalive_pool_size", NO_UPSTREAMS),
			none("upstream_connect_offload_threadpools", NO_UPSTREAMS),
			none("upstream_connect_offload_thread_per_pool", NO_UPSTREAMS),
			none("upstream_debug_ssl_keylog", NO_UPSTREAMS), none("max_retries", NO_UPSTREAMS),
			mapped("upgrade_sock_connect_accept_max_retries", Type.SECONDS, "pingora.upgrade.connect-timeout",
					"pingora.upgrade.receive-timeout"),
			mapped("max_blocking_threads", Type.COUNT, "server.tomcat.threads.max", "server.jetty.threads.max"),
			none("blocking_threads_ttl_seconds", "the web servers have times of their own for idle threads"),
			mapped("daemon_wait_for_ready", Type.BOOLEAN, "pingora.daemon.wait-for-ready"),
			mapped("daemon_ready_timeout_seconds", Type.SECONDS, "pingora.daemon.ready-timeout"),
			none("daemon_notify_timeout_seconds",
					"the daemon tells its parent through a pipe, which needs no permission"));

	private static PingoraKey mapped(String name, Type type, String... properties) {
		return new PingoraKey(name, type, List.of(properties), null);
	}

	private static PingoraKey none(String name, String reason) {
		return new PingoraKey(name, Type.TEXT, List.of(), reason);
	}

	/**
	 * Return whether a property of a YAML file belongs to this key; those of a list have
	 * an index.
	 */
	boolean matches(String property) {
		return property.equals(this.name) || property.startsWith(this.name + "[");
	}

	/**
	 * What the value of a key is.
	 */
	enum Type {

		/** Any text. */
		TEXT("a text"),
		/** True or false. */
		BOOLEAN("true or false"),
		/** How many there are, one at the least. */
		COUNT("a whole number above zero"),
		/** A duration in whole seconds; Spring has the unit in the value. */
		SECONDS("a whole number of seconds");

		private final String description;

		Type(String description) {
			this.description = description;
		}

		/**
		 * Return the value as Spring's properties have it.
		 * @throws IllegalArgumentException if the value is something else
		 */
		Object convert(Object value) {
			String text = value.toString();
			boolean valid = switch (this) {
				case TEXT -> true;
				case BOOLEAN -> text.equals("true") || text.equals("false");
				case COUNT -> text.matches("[1-9]\\d{0,8}");
				case SECONDS -> text.matches("\\d{1,9}");
			};
			if (!valid) {
				throw new IllegalArgumentException("is '%s' and not %s".formatted(text, this.description));
			}
			return (this == SECONDS) ? text + "s" : value;
		}

	}

}
