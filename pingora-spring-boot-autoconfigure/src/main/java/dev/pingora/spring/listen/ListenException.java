package dev.pingora.spring.listen;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a valid address cannot be listened on.
 */
public class ListenException extends RuntimeException {

	private final ListenAddress address;

	private final boolean inUse;

	ListenException(ListenAddress address, String reason, boolean inUse, @Nullable Throwable cause) {
		super("Cannot listen on %s: %s".formatted(address, reason), cause);
		this.address = address;
		this.inUse = inUse;
	}

	/**
	 * Return the address.
	 * @return the address that was asked for
	 */
	public ListenAddress address() {
		return this.address;
	}

	/**
	 * Return whether another socket has the address.
	 * @return whether the address is in use
	 */
	public boolean isAddressInUse() {
		return this.inUse;
	}

}
