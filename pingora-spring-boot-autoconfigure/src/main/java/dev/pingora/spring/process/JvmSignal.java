package dev.pingora.spring.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/**
 * The class {@code sun.misc.Signal} of the module {@code jdk.unsupported}, by reflection:
 * the compiler's warning of it cannot be switched off where warnings are errors.
 */
final class JvmSignal {

	private final Object signal;

	JvmSignal(String name) {
		try {
			this.signal = type("Signal").getConstructor(String.class).newInstance(name);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalArgumentException("There is no signal '%s'".formatted(name), ex);
		}
	}

	/**
	 * Return the number of the signal on this machine.
	 */
	int number() {
		return (int) invoke("getNumber", new Class<?>[0], this.signal);
	}

	/**
	 * Run an action whenever the signal arrives.
	 * @return puts the handler back that was there before
	 */
	Runnable handle(Runnable action) {
		Class<?> handlerType = type("SignalHandler");
		Object handler = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[] { handlerType },
				(proxy, method, arguments) -> answer(action, proxy, method, arguments));
		Object previous = handle(handler);
		return () -> handle(previous);
	}

	private static @Nullable Object answer(Runnable action, Object proxy, Method method, Object[] arguments) {
		return switch (method.getName()) {
			case "equals" -> proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			case "toString" -> "handler";
			default -> {
				action.run();
				yield null;
			}
		};
	}

	private Object handle(Object handler) {
		return invoke("handle", new Class<?>[] { type("Signal"), type("SignalHandler") }, null, this.signal, handler);
	}

	private static Object invoke(String name, Class<?>[] types, @Nullable Object target, Object... arguments) {
		try {
			return type("Signal").getMethod(name, types).invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw new IllegalStateException(ex.getTargetException().getMessage(), ex.getTargetException());
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("This JVM has no 'sun.misc.Signal'", ex);
		}
	}

	private static Class<?> type(String name) {
		try {
			return Class.forName("sun.misc." + name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException("This JVM has no 'sun.misc.%s'".formatted(name), ex);
		}
	}

}
