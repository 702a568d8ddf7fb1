package dev.pingora.spring.listen;

import java.io.FileDescriptor;
import java.lang.reflect.Constructor;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The JDK's own server channel over a descriptor that is bound and listens already. The
 * JDK has no public way to make one; this takes the door that libraries for serialization
 * use, {@code sun.reflect.ReflectionFactory} of the module {@code jdk.unsupported}.
 */
final class JdkServerSocket {

	private static final String CHANNEL = "sun.nio.ch.ServerSocketChannelImpl";

	private JdkServerSocket() {
	}

	/**
	 * Return a non-blocking channel over a descriptor, which it owns from now on.
	 */
	static ServerSocketChannel adopt(int descriptor, boolean ipv6) {
		try {
			Class<?> type = Class.forName(CHANNEL);
			Constructor<?> constructor = accessible(type, type.getDeclaredConstructor(SelectorProvider.class,
					ProtocolFamily.class, FileDescriptor.class, boolean.class));
			ProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
			ServerSocketChannel channel = (ServerSocketChannel) constructor.newInstance(SelectorProvider.provider(),
					family, fileDescriptor(descriptor), true);
			channel.configureBlocking(false);
			return channel;
		}
		catch (Exception ex) {
			throw new IllegalStateException("This JVM cannot adopt a listening socket: " + ex, ex);
		}
	}

	private static FileDescriptor fileDescriptor(int descriptor) throws ReflectiveOperationException {
		Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
		return (FileDescriptor) accessible(FileDescriptor.class, constructor).newInstance(descriptor);
	}

	private static Constructor<?> accessible(Class<?> type, Constructor<?> constructor)
			throws ReflectiveOperationException {
		Class<?> factoryType = Class.forName("sun.reflect.ReflectionFactory");
		Object factory = factoryType.getMethod("getReflectionFactory").invoke(null);
		return (Constructor<?>) factoryType.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
			.invoke(factory, type, constructor);
	}

}
