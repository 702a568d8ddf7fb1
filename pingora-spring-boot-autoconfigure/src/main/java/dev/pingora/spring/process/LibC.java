package dev.pingora.spring.process;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the C library that the JDK has no words for. The constants are those
 * of Linux on x86_64 and aarch64.
 */
interface LibC extends Library {

	/** For writing, only at the end, created if missing, not inherited by programs. */
	int O_APPEND_LOG = 01 | 0100 | 02000 | 02000000;

	int O_NONBLOCK = 04000;

	int F_SETFD = 2;

	int F_GETFL = 3;

	int F_SETFL = 4;

	int FD_CLOEXEC = 1;

	int PR_SET_DUMPABLE = 4;

	/** One thread, where {@code who} is its id; the calling one, where it is 0. */
	int PRIO_PROCESS = 0;

	/** The policy of an ordinary thread. */
	int SCHED_OTHER = 0;

	/** The policy of a thread that runs where a processor has nothing else to do. */
	int SCHED_IDLE = 5;

	/** How far a process may raise its nice value, counted from 20 downwards. */
	int RLIMIT_NICE = 13;

	/** The offset of {@code pw_uid} in a {@code struct passwd}. */
	int PASSWD_UID = 16;

	/** The offset of {@code pw_gid} in a {@code struct passwd}. */
	int PASSWD_GID = 20;

	/** The offset of {@code gr_gid} in a {@code struct group}. */
	int GROUP_GID = 16;

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

	int fcntl(int descriptor, int command, int argument) throws LastErrorException;

	int dup(int descriptor) throws LastErrorException;

	int dup2(int from, int to) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	NativeLong write(int descriptor, byte[] bytes, NativeLong count) throws LastErrorException;

	@Nullable Pointer getpwnam(String name);

	@Nullable Pointer getpwuid(int uid);

	@Nullable Pointer getgrnam(String name);

	int geteuid();

	int getegid();

	int initgroups(String user, int gid) throws LastErrorException;

	int setgid(int gid) throws LastErrorException;

	int setuid(int uid) throws LastErrorException;

	int getpriority(int which, int who) throws LastErrorException;

	int setpriority(int which, int who, int nice) throws LastErrorException;

	int sched_getscheduler(int thread) throws LastErrorException;

	int sched_setscheduler(int thread, int policy, int[] priority) throws LastErrorException;

	int getrlimit(int resource, long[] limits) throws LastErrorException;

	int setrlimit(int resource, long[] limits) throws LastErrorException;

	int prctl(int option, int a, int b, int c, int d) throws LastErrorException;

}
