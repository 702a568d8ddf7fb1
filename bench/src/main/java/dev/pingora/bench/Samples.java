package dev.pingora.bench;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Every request of one client: when it was due, how long it took from then on, and who
 * answered. Only the client adds, and the others read when it has ended. It lies outside
 * the heap, because a collector that copies it stops all clients for some ten
 * milliseconds, which would be held against the servers.
 */
final class Samples {

	/**
	 * The process of a request that failed.
	 */
	static final long FAILED = -1;

	private static final int FIELDS = 3;

	private static final int CHUNK_BYTES = 4096 * FIELDS * Long.BYTES;

	private final List<LongBuffer> chunks = new ArrayList<>();

	private LongBuffer latest = newChunk();

	private int count;

	private volatile long lastPid;

	void add(long due, long nanos, long pid) {
		if (!this.latest.hasRemaining()) {
			this.latest = newChunk();
		}
		this.latest.put(due).put(nanos).put(pid);
		this.count++;
		this.lastPid = pid;
	}

	private LongBuffer newChunk() {
		LongBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).asLongBuffer();
		this.chunks.add(chunk);
		return chunk;
	}

	/**
	 * Return who has answered last, while the client still runs.
	 */
	long lastPid() {
		return this.lastPid;
	}

	int count() {
		return this.count;
	}

	void forEach(Visitor visitor) {
		for (LongBuffer chunk : this.chunks) {
			for (int i = 0; i < chunk.position(); i += FIELDS) {
				visitor.visit(chunk.get(i), chunk.get(i + 1), chunk.get(i + 2));
			}
		}
	}

	/**
	 * What is done with each request.
	 */
	interface Visitor {

		void visit(long due, long nanos, long pid);

	}

}
