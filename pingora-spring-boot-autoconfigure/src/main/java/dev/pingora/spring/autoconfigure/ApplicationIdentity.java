package dev.pingora.spring.autoconfigure;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootVersion;

/**
 * What an application is called on a command line, and which version it is.
 */
final class ApplicationIdentity {

	private static final String JAR = ".jar";

	private final @Nullable Class<?> application;

	ApplicationIdentity(@Nullable Class<?> application) {
		this.application = application;
	}

	/**
	 * Return what runs the application.
	 */
	String command() {
		String main = System.getProperty("sun.java.command", "application").split(" ", 2)[0];
		return main.endsWith(JAR) ? "java -jar " + Path.of(main).getFileName() : "java " + main;
	}

	/**
	 * Return the version that the application's manifest tells, and what it runs on.
	 */
	String version() {
		Package own = (this.application != null) ? this.application.getPackage() : null;
		String title = (own != null) ? own.getImplementationTitle() : null;
		String version = (own != null) ? own.getImplementationVersion() : null;
		return "%s %s%n%s%s, Spring Boot %s, Java %s".formatted((title != null) ? title : name(),
				(version != null) ? version : "(the manifest of its jar has no 'Implementation-Version')",
				"pingora-spring-boot ", ownVersion(), SpringBootVersion.getVersion(), Runtime.version());
	}

	private String name() {
		return (this.application != null) ? this.application.getSimpleName() : "application";
	}

	private static String ownVersion() {
		String version = ApplicationIdentity.class.getPackage().getImplementationVersion();
		return (version != null) ? version : "(unpackaged)";
	}

}
