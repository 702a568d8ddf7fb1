package dev.pingora.spring.process;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/**
 * The functions of the C library that the JDK has no words for. The constants are those
 * of Linux on x86_64 and aarch64.
 */
interface LibC extends Library {

	/** For writing, only at the end, created if missing, not inherited by programs. */
	int O_APPEND_LOG = 01 | 0100 | 02000 | 02000000;

	/**
	 * Load the library, which takes some 80 ms the first time.
	 * @throws LinkageError where native code cannot be loaded
	 */
	static LibC load() {
		return Native.load(null, LibC.class);
	}

	int setsid() throws LastErrorException;

	int getsid(int pid) throws LastErrorException;

	int open(String path, int flags, int mode) throws LastErrorException;

	int dup(int descriptor) throws LastErrorException;

	int dup2(int from, int to) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	NativeLong write(int descriptor, byte[] bytes, NativeLong count) throws LastErrorException;

}
