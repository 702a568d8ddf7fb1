package dev.pingora.spring.upgrade;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.pingora.spring.listen.InheritedSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * Descriptors that came with a message and belong to this process now.
 */
final class ReceivedDescriptors {

	private final List<Integer> descriptors = new ArrayList<>();

	/**
	 * Take what was received out of the socket, which would close it with itself. The
	 * copies are closed on exec, which the originals are not.
	 */
	static ReceivedDescriptors take(AFUNIXSocket socket) {
		ReceivedDescriptors taken = new ReceivedDescriptors();
		try {
			for (FileDescriptor descriptor : socket.getReceivedFileDescriptors()) {
				taken.descriptors.add(FileDescriptorCast.duplicating(descriptor).as(Integer.class));
				new FileInputStream(descriptor).close();
			}
			return taken;
		}
		catch (IOException ex) {
			taken.close();
			throw new UpgradeException("The received descriptors cannot be taken: " + ex.getMessage(), ex);
		}
	}

	boolean isEmpty() {
		return this.descriptors.isEmpty();
	}

	int[] toArray() {
		return this.descriptors.stream().mapToInt(Integer::intValue).toArray();
	}

	void close() {
		this.descriptors.forEach((descriptor) -> new InheritedSocket("", descriptor).close());
		this.descriptors.clear();
	}

}
