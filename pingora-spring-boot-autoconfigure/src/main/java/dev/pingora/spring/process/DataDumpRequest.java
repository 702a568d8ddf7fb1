package dev.pingora.spring.process;

import com.sun.jna.CallbackReference;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * The JVMTI event that HotSpot posts after the thread dump of a SIGQUIT (JVM Tool
 * Interface, "Data Dump Request"). The offsets below are those of {@code jni.h} and
 * {@code jvmti.h}, which are part of the specification.
 */
final class DataDumpRequest implements DataDumpCallback {

	private static final int JVMTI_VERSION_1_2 = 0x30010200;

	private static final int GET_ENV = 6;

	private static final int SET_EVENT_NOTIFICATION_MODE = 1;

	private static final int SET_EVENT_CALLBACKS = 121;

	private static final int CALLBACKS_SIZE = 176;

	private static final int DATA_DUMP_REQUEST_CALLBACK = 21;

	private static final int DATA_DUMP_REQUEST_EVENT = 71;

	private static final int ENABLE = 1;

	private static final String SIGNAL_THREAD = "Signal Dispatcher";

	/**
	 * Native code holds only an address, so that this keeps the callback alive.
	 */
	@SuppressWarnings("UnusedVariable")
	private static @Nullable DataDumpRequest subscription;

	private final Runnable action;

	private DataDumpRequest(Runnable action) {
		this.action = action;
	}

	/**
	 * Load JNA and find the JVM with it.
	 */
	static void prepare() {
		NativeLibrary.getProcess().getFunction("JNI_GetCreatedJavaVMs");
	}

	/**
	 * Run an action at every SIGQUIT, on the JVM's signal thread, from now on.
	 * @throws IllegalStateException if the JVM refuses
	 */
	static synchronized void subscribe(Runnable action) {
		DataDumpRequest request = new DataDumpRequest(action);
		Pointer environment = environment(javaVm());
		Memory callbacks = new Memory(CALLBACKS_SIZE);
		callbacks.clear();
		callbacks.setPointer((long) DATA_DUMP_REQUEST_CALLBACK * Native.POINTER_SIZE,
				CallbackReference.getFunctionPointer(request));
		call(environment, SET_EVENT_CALLBACKS, environment, callbacks, CALLBACKS_SIZE);
		call(environment, SET_EVENT_NOTIFICATION_MODE, environment, ENABLE, DATA_DUMP_REQUEST_EVENT, Pointer.NULL);
		subscription = request;
	}

	private static Pointer javaVm() {
		PointerByReference vm = new PointerByReference();
		Function function = NativeLibrary.getProcess().getFunction("JNI_GetCreatedJavaVMs");
		check(function.invokeInt(new Object[] { vm, 1, new IntByReference() }));
		return vm.getValue();
	}

	private static Pointer environment(Pointer vm) {
		PointerByReference environment = new PointerByReference();
		call(vm, GET_ENV, vm, environment, JVMTI_VERSION_1_2);
		return environment.getValue();
	}

	private static void call(Pointer object, int slot, Object... arguments) {
		Pointer table = object.getPointer(0);
		check(Function.getFunction(table.getPointer((long) slot * Native.POINTER_SIZE)).invokeInt(arguments));
	}

	private static void check(int result) {
		if (result != 0) {
			throw new IllegalStateException("JVMTI answers with error " + result);
		}
	}

	/**
	 * Called by the JVM. {@code jcmd JVMTI.data_dump} posts the same event on another
	 * thread.
	 */
	@Override
	public void invoke(Pointer environment) {
		if (SIGNAL_THREAD.equals(Thread.currentThread().getName())) {
			this.action.run();
		}
	}

}
