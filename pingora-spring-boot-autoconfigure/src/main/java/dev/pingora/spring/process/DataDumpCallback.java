package dev.pingora.spring.process;

import com.sun.jna.Callback;
import com.sun.jna.Pointer;

/**
 * The C function {@code jvmtiEventDataDumpRequest}.
 */
interface DataDumpCallback extends Callback {

	void invoke(Pointer environment);

}
