package dev.pingora.spring.listen;

/**
 * A listening socket that another process opened and handed over.
 *
 * @param name what the sender calls it: the address as it was configured there
 * @param descriptor the descriptor in this process, which belongs to the receiver
 */
public record InheritedSocket(String name, int descriptor) {

	/**
	 * Return whether the kernel knows the descriptor as a stream socket that listens.
	 * @return whether it can be adopted
	 */
	public boolean isListening() {
		return Descriptors.isListening(this.descriptor);
	}

	/**
	 * Close the descriptor in this process; the socket of the sender goes on.
	 */
	public void close() {
		Descriptors.close(this.descriptor);
	}

}
