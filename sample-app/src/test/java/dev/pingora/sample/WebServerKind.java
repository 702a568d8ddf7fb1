package dev.pingora.sample;

import java.io.File;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.pingora.gallery.JakartaChat;
import dev.pingora.gallery.ReactiveChat;

/**
 * The web servers that an application may have, each by what the other ones leave out of
 * the class path.
 */
enum WebServerKind {

	/** WebFlux on Reactor Netty. */
	NETTY("spring-boot-(starter-)?(webmvc|servlet|tomcat|jetty)|tomcat-embed|/jetty-|spring-webmvc|jakarta.servlet"),

	/** MVC on Tomcat. */
	TOMCAT("spring-boot-(starter-)?(webflux|reactor-netty|jetty)|/jetty-|spring-webflux"),

	/** MVC on Jetty. */
	JETTY("spring-boot-(starter-)?(webflux|reactor-netty|tomcat)|tomcat-embed-core|tomcat-embed-websocket|spring-webflux");

	private static final String SAMPLE = "|sample-app/target/classes";

	private static final String CLOUD = "|spring-cloud";

	private static final String STARTER = "|pingora-spring-boot|junixsocket|/jna|picocli";

	private final String others;

	WebServerKind(String others) {
		this.others = others;
	}

	/**
	 * Return the class path of the tests without the other web servers.
	 */
	String classPath() {
		return without(this.others + CLOUD);
	}

	/**
	 * Return the class path of Spring Cloud Gateway, which is a WebFlux application.
	 */
	static String classPathOfGateway() {
		return without(NETTY.others + SAMPLE);
	}

	/**
	 * Return the class path of an application that is not the sample.
	 */
	String classPathOfPlain(boolean starter) {
		return without(this.others + CLOUD + SAMPLE + (starter ? "" : STARTER));
	}

	/**
	 * Return a configuration with a WebSocket that echoes at {@code /chat}.
	 */
	Class<?> chat() {
		return (this == NETTY) ? ReactiveChat.class : JakartaChat.class;
	}

	private static String without(String others) {
		Pattern left = Pattern.compile(others);
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !left.matcher(entry).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

}
