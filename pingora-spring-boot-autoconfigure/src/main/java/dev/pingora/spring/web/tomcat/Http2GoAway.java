package dev.pingora.spring.web.tomcat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.net.SocketWrapperBase.BlockingMode;
import org.apache.tomcat.util.net.SocketWrapperBase.CompletionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GOAWAY frame that refuses no stream (RFC 9113 §6.8): it asks the client to begin no
 * more, and serves those that it has begun before it hears of it. Tomcat's own
 * {@code pause()} drops them without a word as soon as the average round trip is over,
 * which a busy client needs longer than.
 */
final class Http2GoAway {

	private static final Logger logger = LoggerFactory.getLogger(Http2GoAway.class);

	/**
	 * Eight octets of the type GOAWAY on stream 0: the highest stream there can be, and
	 * NO_ERROR.
	 */
	private static final byte[] FRAME = { 0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, -1, -1, -1, 0, 0, 0, 0 };

	private static final long ITS_OWN_TIMEOUT = -1;

	private static final CompletionHandler<Long, Void> IGNORE = new CompletionHandler<>() {

		@Override
		public void completed(Long written, Void none) {
		}

		@Override
		public void failed(Throwable ex, Void none) {
			logger.debug("A connection does not hear of the drain", ex);
		}

	};

	private Http2GoAway() {
	}

	/**
	 * Send it, between two writes of others.
	 * @return whether it is under way; not while something else is
	 */
	static boolean send(SocketWrapperBase<?> connection) {
		if (connection.hasAsyncIO()) {
			return connection.write(BlockingMode.NON_BLOCK, ITS_OWN_TIMEOUT, TimeUnit.MILLISECONDS, null,
					SocketWrapperBase.COMPLETE_WRITE, IGNORE, ByteBuffer.wrap(FRAME)) != CompletionState.NOT_DONE;
		}
		Lock lock = connection.getLock();
		if (!lock.tryLock()) {
			return false;
		}
		try {
			connection.write(true, FRAME, 0, FRAME.length);
			connection.flush(true);
		}
		catch (IOException ex) {
			IGNORE.failed(ex, null);
		}
		finally {
			lock.unlock();
		}
		return true;
	}

}
