package dev.pingora.bench;

import java.util.Arrays;

/**
 * Every request of one client: when it was due, how long it took from then on, and who
 * answered. Only the client adds, and the others read when it has ended.
 */
final class Samples {

	/**
	 * The process of a request that failed.
	 */
	static final long FAILED = -1;

	private static final int FIELDS = 3;

	private long[] values = new long[FIELDS * 4096];

	private int size;

	private volatile long lastPid;

	void add(long due, long nanos, long pid) {
		if (this.size + FIELDS > this.values.length) {
			this.values = Arrays.copyOf(this.values, this.values.length * 2);
		}
		this.values[this.size] = due;
		this.values[this.size + 1] = nanos;
		this.values[this.size + 2] = pid;
		this.size += FIELDS;
		this.lastPid = pid;
	}

	/**
	 * Return who has answered last, while the client still runs.
	 */
	long lastPid() {
		return this.lastPid;
	}

	int count() {
		return this.size / FIELDS;
	}

	void forEach(Visitor visitor) {
		for (int i = 0; i < this.size; i += FIELDS) {
			visitor.visit(this.values[i], this.values[i + 1], this.values[i + 2]);
		}
	}

	/**
	 * What is done with each request.
	 */
	interface Visitor {

		void visit(long due, long nanos, long pid);

	}

}
