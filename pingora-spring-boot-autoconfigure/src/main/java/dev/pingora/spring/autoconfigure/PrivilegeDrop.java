package dev.pingora.spring.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.pingora.spring.process.Identity;
import dev.pingora.spring.process.Precedence;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Drops the privileges of this process when its sockets are bound and its files are open,
 * just before the server accepts. What fails here fails the start.
 */
final class PrivilegeDrop implements ApplicationListener<ApplicationReadyEvent>, Ordered {

	private final Identity identity;

	private final ProcessProperties properties;

	PrivilegeDrop(Identity identity, ProcessProperties properties) {
		this.identity = identity;
		this.properties = properties;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.properties.errorLog() != null) {
			this.identity.own(this.properties.errorLog().toAbsolutePath());
		}
		Precedence.allow();
		this.identity.assume();
		checkPidFile(this.properties.pidFile());
	}

	private void checkPidFile(@Nullable Path pidFile) {
		if (pidFile != null && !Files.isWritable(pidFile.toAbsolutePath().getParent())) {
			throw new InvalidPropertyException("pingora.pid-file", pidFile,
					"the uid %d of this process may not write to its directory".formatted(this.identity.uid()),
					"Set it to a path in a directory of that user, as in '/run/app/app.pid'.");
		}
	}

	/**
	 * Come just before the server, which accepts last of all.
	 */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE - 1;
	}

}
