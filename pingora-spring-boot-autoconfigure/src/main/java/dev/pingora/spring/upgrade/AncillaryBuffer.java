package dev.pingora.spring.upgrade;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import dev.pingora.spring.listen.InheritedSocket;
import org.jspecify.annotations.Nullable;
import org.newsclub.net.unix.AFUNIXSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory in which junixsocket receives descriptors. It holds 60 of them whatever size
 * is asked for, and of a message with more it leaves those open that did arrive: so it is
 * enlarged to what the kernel passes at the most, and read after a failure.
 */
final class AncillaryBuffer {

	private static final Logger logger = LoggerFactory.getLogger(AncillaryBuffer.class);

	// struct cmsghdr of a 64-bit Linux: its length, the level and the type.
	private static final int HEADER_BYTES = 16;

	private static final int SOL_SOCKET = 1;

	private static final int SCM_RIGHTS = 1;

	/**
	 * The most descriptors that the kernel passes in a message (SCM_MAX_FD), and one.
	 */
	private static final int MAX_DESCRIPTORS = 254;

	/**
	 * Unknown where junixsocket does not let us in.
	 */
	private final @Nullable ByteBuffer buffer;

	AncillaryBuffer(AFUNIXSocket socket) {
		socket.setAncillaryReceiveBufferSize(HEADER_BYTES);
		this.buffer = enlarge(socket);
	}

	private static @Nullable ByteBuffer enlarge(AFUNIXSocket socket) {
		try {
			Object support = read(read(socket, "impl"), "ancillaryDataSupport");
			Method resize = support.getClass().getDeclaredMethod("setAncillaryReceiveBufferSize0", int.class);
			resize.setAccessible(true);
			resize.invoke(support, HEADER_BYTES + MAX_DESCRIPTORS * Integer.BYTES);
			return ((ByteBuffer) read(support, "ancillaryReceiveBuffer")).order(ByteOrder.nativeOrder());
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("At most 60 descriptors can be received in a message", ex);
			return null;
		}
	}

	private static Object read(Object owner, String name) throws ReflectiveOperationException {
		Class<?> type = owner.getClass();
		while (type != null) {
			for (Field field : type.getDeclaredFields()) {
				// java.net.Socket has an 'impl', too.
				if (field.getName().equals(name) && type.getName().startsWith("org.newsclub.")) {
					field.setAccessible(true);
					return field.get(owner);
				}
			}
			type = type.getSuperclass();
		}
		throw new NoSuchFieldException(name);
	}

	/**
	 * Forget the last message, before the next one is received.
	 */
	void clear() {
		if (this.buffer != null) {
			this.buffer.putLong(0, 0);
		}
	}

	/**
	 * Close what has arrived of a message that junixsocket refused.
	 */
	void closeDescriptors() {
		ByteBuffer last = this.buffer;
		if (last == null || last.getInt(Long.BYTES) != SOL_SOCKET || last.getInt(Long.BYTES + 4) != SCM_RIGHTS) {
			return;
		}
		long end = Math.min(last.getLong(0), last.capacity());
		for (int at = HEADER_BYTES; at + Integer.BYTES <= end; at += Integer.BYTES) {
			new InheritedSocket("", last.getInt(at)).close();
		}
		clear();
	}

}
