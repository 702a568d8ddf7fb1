package dev.pingora.spring.listen;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS as the client of a connection whose other end is known to be this process, so that
 * no certificate has to prove it.
 */
final class InsideTls {

	private InsideTls() {
	}

	/**
	 * Shake hands over a connection.
	 */
	static Socket over(Socket plain, int timeoutMillis) throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new Myself() }, null);
			SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", 0, true);
			secure.setSoTimeout(timeoutMillis);
			secure.startHandshake();
			return secure;
		}
		catch (GeneralSecurityException | IOException ex) {
			plain.close();
			throw new IOException("TLS within this process failed: " + ex.getMessage(), ex);
		}
	}

	/**
	 * Trusts the other end, which is this process.
	 */
	private static final class Myself extends X509ExtendedTrustManager {

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
