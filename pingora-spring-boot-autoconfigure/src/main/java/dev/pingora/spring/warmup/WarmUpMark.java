package dev.pingora.spring.warmup;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

import org.jspecify.annotations.Nullable;

/**
 * The header that every request of a warm-up carries. Its value is a secret of this
 * process and means nothing after the warm-up, so that a client which sends the header
 * too gains nothing.
 */
public final class WarmUpMark {

	/**
	 * The name of the header.
	 */
	public static final String HEADER = "X-Pingora-Warm-Up";

	private static final int BITS = 128;

	private volatile @Nullable String value;

	String begin() {
		String secret = new BigInteger(BITS, new SecureRandom()).toString(Character.MAX_RADIX);
		this.value = secret;
		return secret;
	}

	void end() {
		this.value = null;
	}

	/**
	 * Return whether a request is one of the warm-up that is under way.
	 * @param header the value of its header {@value #HEADER}, or {@code null}
	 * @return whether it is
	 */
	public boolean isOn(@Nullable String header) {
		String secret = this.value;
		return secret != null && header != null && MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8),
				header.getBytes(StandardCharsets.UTF_8));
	}

}
